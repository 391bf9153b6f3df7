package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Key;
import io.holdfast.lock.Closing;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockName;
import io.holdfast.spi.Claim;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A wish for one lock in one mode.
 *
 * @param name which lock
 * @param mode how it is to be held
 * @param directory where its queue is
 * @param config how this process uses it
 * @param traceIds asked, in the acquiring thread, for the trace that an acquisition belongs to
 */
public record LockClaim(
    LockName name,
    LockMode mode,
    Key directory,
    LockConfig config,
    Supplier<Optional<String>> traceIds) {

  /** What stands among the queues of a directory outside of the namespace; no lock is kept so. */
  public static final String HELD = ".held";

  /** A wish that belongs to no trace. */
  public LockClaim(LockName name, LockMode mode, Key directory, LockConfig config) {
    this(name, mode, directory, config, Optional::empty);
  }

  private LockClaim with(LockMode otherMode, LockConfig otherConfig) {
    return new LockClaim(name, otherMode, directory, otherConfig, traceIds);
  }

  /** The same with a hold of any length: for a place in which one hold follows another. */
  public LockClaim withoutMaxHold() {
    return with(mode, config.withMaxHold(Duration.ZERO, config.overstay()));
  }

  /** The same with a queue of any length: for one that has been let in before. */
  public LockClaim withoutMaxAhead() {
    return with(mode, config.withMaxAhead(LockConfig.UNBOUNDED));
  }

  /** True if the queue may be too long to wait in. */
  public boolean boundsQueue() {
    return config.maxAhead() != LockConfig.UNBOUNDED;
  }

  /** True if a hold may last too long. */
  public boolean boundsHold() {
    return !config.maxHold().isZero();
  }

  /** True if a crash of a holder keeps the next one out for a while. */
  public boolean delaysAfterCrash() {
    return !config.crashDelay().isZero();
  }

  /** What a hold of several waits for when it is closed: what any of them wants waited for. */
  public static Closing closing(Collection<LockClaim> claims) {
    return claims.stream().allMatch(claim -> claim.config.closing() == Closing.AT_ONCE)
        ? Closing.AT_ONCE
        : Closing.AWAITED;
  }

  /** A further place of the same hold; of the limits, only what every place has to meet. */
  public LockClaim beside(LockMode other) {
    return with(
        other,
        LockConfig.defaults().withCrashDelay(config.crashDelay()).withClosing(config.closing()));
  }

  /** Itself, and a place to read beside it: see {@link GrantHandle.Downgradable}. */
  public List<LockClaim> andToRead() {
    return List.of(this, beside(LockMode.READ));
  }

  /** The lock's queue. */
  public Key queue() {
    return name.in(directory);
  }

  /**
   * What to join the lock's queue with. Whoever wants it alone waits for the nearest only, and need
   * not know exactly how many there are unless that is bounded, which the cost of looking then is,
   * too.
   */
  public Claim claim() {
    Claim claim = new Claim(queue(), mode.text());
    return mode.isAlone() && !boundsQueue() ? claim.showingNearest() : claim;
  }

  /**
   * Where holders are written down, if the lock has a delay after crashes. In a directory outside
   * of the namespace, where others of other namespaces look, too, under a name that no lock has.
   */
  Key held() {
    return directory.isAbsolute()
        ? name.in(directory.child(HELD))
        : new Key("held/" + queue().path());
  }
}
