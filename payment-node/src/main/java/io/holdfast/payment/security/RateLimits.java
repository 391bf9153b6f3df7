package io.holdfast.payment.security;

import io.holdfast.loadbalancer.Ticker;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Role;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many requests each caller may send to this node: a token bucket per caller, kept as the time
 * at which it is full again (the generic cell rate algorithm of ATM). A caller with several roles
 * has the highest rate among them. A cluster of n nodes lets n times as much through.
 *
 * <p>A full bucket is as good as none and is forgotten; so memory is bounded by those who have
 * called lately, and by a number: callers beyond it share one bucket.
 */
public final class RateLimits {

  /**
   * A rate.
   *
   * @param perSecond requests a second in the long run, at least 1
   * @param burst requests at once after a pause, at least 1
   */
  public record Rate(int perSecond, int burst) {

    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,6})(?::([1-9]\\d{0,6}))?");

    public Rate {
      if (perSecond < 1 || burst < 1) {
        throw new IllegalArgumentException("a rate is at least 1 a second, and so is a burst");
      }
    }

    /**
     * Reads {@code RATE} or {@code RATE:BURST}; the burst is that of two seconds if not given.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static Rate parse(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new IllegalArgumentException(
            "a rate is requests a second, such as 100, or with a burst, such as 100:500");
      }
      int perSecond = Integer.parseInt(form.group(1));
      return new Rate(
          perSecond, form.group(2) == null ? 2 * perSecond : Integer.parseInt(form.group(2)));
    }
  }

  /** Unless an operator says otherwise. */
  public static final Map<Role, Rate> DEFAULTS =
      Map.of(
          Role.CUSTOMER, new Rate(100, 200),
          Role.MERCHANT, new Rate(1_000, 2_000),
          Role.AUDITOR, new Rate(1_000, 2_000),
          Role.OPERATOR, new Rate(10_000, 20_000));

  private static final int MOST_BUCKETS = 100_000;
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Rate SLOWEST = new Rate(1, 1);

  /** No caller's name. */
  private static final String SHARED = "";

  private final Map<Role, Rate> byRole;
  private final int most;
  private final Ticker ticker;

  /** By caller, when the bucket is full again. */
  private final ConcurrentHashMap<String, Long> fullAt = new ConcurrentHashMap<>();

  private final AtomicLong swept;

  /** With these rates, and {@link #DEFAULTS} for the roles that are not among them. */
  public RateLimits(Map<Role, Rate> rates) {
    this(rates, MOST_BUCKETS, Ticker.SYSTEM);
  }

  RateLimits(Map<Role, Rate> rates, int most, Ticker ticker) {
    this.byRole = new ConcurrentHashMap<>(DEFAULTS);
    byRole.putAll(rates);
    this.most = most;
    this.ticker = ticker;
    this.swept = new AtomicLong(ticker.nanoTime());
  }

  /** For after {@link Authentication#handler}. Throws {@link DeniedException} with 429. */
  public Handler<RoutingContext> handler() {
    return context -> {
      require(Authentication.identity(context).caller());
      context.next();
    };
  }

  /** Takes a place for one request. Throws {@link DeniedException} with 429 if there is none. */
  public void require(Caller caller) {
    Optional<Duration> wait = take(caller);
    if (wait.isPresent()) {
      throw Denial.tooMany(wait.get()).exception();
    }
  }

  /**
   * Takes a place for one request.
   *
   * @return empty if there was one; else how long until there is one
   */
  public Optional<Duration> take(Caller caller) {
    Rate rate = rate(caller);
    long interval = TimeUnit.SECONDS.toNanos(1) / rate.perSecond();
    long now = ticker.nanoTime();
    long[] late = {0};
    fullAt.compute(
        bucket(caller.name(), now),
        (name, full) -> {
          long next = (full == null || full - now < 0 ? now : full) + interval;
          late[0] = next - now - interval * rate.burst();
          return late[0] > 0 ? full : next;
        });
    return late[0] > 0 ? Optional.of(Duration.ofNanos(late[0])) : Optional.empty();
  }

  private Rate rate(Caller caller) {
    return caller.roles().stream()
        .map(role -> byRole.getOrDefault(role, SLOWEST))
        .max(Comparator.comparingInt(Rate::perSecond))
        .orElse(SLOWEST);
  }

  private String bucket(String name, long now) {
    if (fullAt.containsKey(name) || fullAt.size() < most) {
      return name;
    }
    long before = swept.get();
    if (now - before >= SWEEP_NANOS && swept.compareAndSet(before, now)) {
      fullAt.values().removeIf(full -> full - now <= 0);
    }
    return fullAt.size() < most ? name : SHARED;
  }

  int buckets() {
    return fullAt.size();
  }
}
