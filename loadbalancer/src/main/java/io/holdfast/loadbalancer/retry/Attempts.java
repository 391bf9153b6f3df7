package io.holdfast.loadbalancer.retry;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.Endpoint;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.RandomSource;
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
 * <pre>{@code
 * Attempts attempts = new Attempts(balancer, rules, budget, Idempotency.IDEMPOTENT, affinity);
 * Optional<Pick> pick = attempts.first();
 * // it failed: tell the pick, wait for attempts.backoff(), and then
 * pick = attempts.retry(FailureKind.UNKNOWN);
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
    Optional<Pick> pick = affinity == null ? balancer.pick() : balancer.pick(affinity);
    pick.ifPresent(picked -> tried.add(picked.instance().id()));
    return pick;
  }

  /**
   * Another try after one that failed. When all instances have been tried, it may be one of those.
   *
   * @param failure what is known of the try that failed
   * @return empty if the request must not or may not be tried again, or there is no instance
   */
  public Optional<Pick> retry(FailureKind failure) {
    boolean harmless = idempotency == Idempotency.IDEMPOTENT || failure != FailureKind.UNKNOWN;
    if (!harmless) {
      return Optional.empty();
    }
    Optional<Endpoint> chosen = choose(tried).or(() -> choose(Set.of()));
    return takeTurn(chosen.isPresent()) ? chosen.map(this::begin) : Optional.empty();
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
    return choose(tried).filter(chosen -> takeTurn(true)).map(this::begin);
  }

  /** How long to wait before {@link #retry}, by chance anew at each call. */
  public Duration backoff() {
    return rules.backoff(made.get(), RandomSource.FAIR);
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
   * Two threads that come at once must not share a turn, nor take more than the budget gives. If no
   * instance was found, the turn is over, but costs the budget nothing.
   */
  private synchronized boolean takeTurn(boolean found) {
    int before = made.get();
    if (before == 0 || before >= rules.attempts() || (found && !budget.tryRetry())) {
      return false;
    }
    made.set(before + 1);
    return true;
  }

  private Optional<Endpoint> choose(Set<String> exclude) {
    return affinity == null ? balancer.choose(exclude) : balancer.choose(affinity, exclude);
  }

  private Pick begin(Endpoint chosen) {
    tried.add(chosen.instance().id());
    return affinity == null ? chosen.begin() : chosen.begin(affinity);
  }
}
