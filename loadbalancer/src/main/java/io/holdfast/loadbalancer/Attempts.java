package io.holdfast.loadbalancer;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The tries of one request, each on an instance of its own as far as there are such. What is not
 * {@link Idempotency#IDEMPOTENT} is never hedged, and retried only when its failure is known to
 * have had no effect. Any thread may ask; nothing waits here: the caller does.
 *
 * <pre>
 * {@code  * Attempts attempts = new Attempts(balancer, rules, budget, Idempotency.IDEMPOTENT, affinity);
 * Optional<Pick> pick = attempts.first();
 * // it failed: tell the pick, wait for attempts.backoff(), and then
 * pick = attempts.retry(Delivery.UNKNOWN);
 * }</pre>
 */
public final class Attempts {

  private final LoadBalancer balancer;
  private final RetryRules rules;
  private final RetryBudget budget;
  private final Idempotency idempotency;
  private final @Nullable Affinity affinity;
  private final AtomicInteger made = new AtomicInteger();
  private final Set<String> tried = ConcurrentHashMap.newKeySet();

  /** The tries of a request that belongs to no other. */
  public Attempts(
      LoadBalancer balancer, RetryRules rules, RetryBudget budget, Idempotency idempotency) {
    this(balancer, rules, budget, idempotency, null);
  }

  /** The tries of a request with an affinity. */
  public Attempts(
      LoadBalancer balancer,
      RetryRules rules,
      RetryBudget budget,
      Idempotency idempotency,
      @Nullable Affinity affinity) {
    this.balancer = balancer;
    this.rules = rules;
    this.budget = budget;
    this.idempotency = idempotency;
    this.affinity = affinity;
  }

  /** The first try. Empty if there is no instance to choose. */
  public Optional<Pick> first() {
    if (!made.compareAndSet(0, 1)) {
      throw new IllegalStateException("the first try was made already");
    }
    budget.request();
    Endpoint chosen = choose(Set.of());
    return chosen == null ? balancer.none() : begin(chosen);
  }

  /**
   * Another try after one that failed. When all instances have been tried, it may be one of those.
   *
   * @param delivery what is known of the try that failed
   * @return empty if the request must not or may not be tried again, or there is no instance
   */
  public Optional<Pick> retry(Delivery delivery) {
    boolean harmless = idempotency == Idempotency.IDEMPOTENT || delivery != Delivery.UNKNOWN;
    if (!harmless) {
      return Optional.empty();
    }
    Endpoint untried = choose(tried);
    Endpoint chosen = untried != null ? untried : choose(Set.of());
    return takeTurn(chosen) ? begin(chosen) : Optional.empty();
  }

  /**
   * A second try while the first is under way, on an instance that was not tried. The caller takes
   * the answer that comes first, and closes the picks of the others.
   *
   * @return empty if the request must not or may not be hedged, or there is no such instance
   */
  public Optional<Pick> hedge() {
    if (hedgeAfter().isEmpty() || made.get() >= rules.attempts()) {
      return Optional.empty();
    }
    Endpoint chosen = choose(tried);
    return chosen != null && takeTurn(chosen) ? begin(chosen) : Optional.empty();
  }

  /** How long to wait before {@link #retry}, by chance anew at each call. */
  public Duration backoff() {
    return rules.backoff(made.get(), Dice.FAIR);
  }

  /** After how long without an answer to {@link #hedge}; empty if this request is never hedged. */
  public Optional<Duration> hedgeAfter() {
    return rules.hedges() && idempotency == Idempotency.IDEMPOTENT
        ? Optional.of(rules.hedgeAfter())
        : Optional.empty();
  }

  /** How many tries were made. */
  public int made() {
    return made.get();
  }

  /**
   * Two who come at once must not share a turn, nor take more than the budget gives. Where there is
   * nobody to send to, the turn is over, but costs the budget nothing.
   */
  private synchronized boolean takeTurn(@Nullable Endpoint chosen) {
    int before = made.get();
    if (before == 0 || before >= rules.attempts() || (chosen != null && !budget.tryRetry())) {
      return false;
    }
    made.set(before + 1);
    return true;
  }

  private @Nullable Endpoint choose(Set<String> exclude) {
    return balancer.chosen(affinity, exclude);
  }

  private Optional<Pick> begin(@Nullable Endpoint chosen) {
    if (chosen == null) {
      return Optional.empty();
    }
    tried.add(chosen.id());
    return Optional.of(Pick.of(chosen, affinity));
  }
}
