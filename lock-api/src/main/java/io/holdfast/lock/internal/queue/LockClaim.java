package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Key;
import io.holdfast.lock.Closing;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockName;
import io.holdfast.spi.Claim;
import java.util.Collection;

/**
 * A wish for one lock in one mode.
 *
 * @param name which lock
 * @param mode how it is to be held
 * @param directory where its queue is
 * @param config how this process uses it
 */
public record LockClaim(LockName name, LockMode mode, Key directory, LockConfig config) {

  /** What stands among the queues of a directory outside of the namespace; no lock is kept so. */
  public static final String HELD = ".held";

  /** A wish without limits, whose release is awaited. */
  public LockClaim(LockName name, LockMode mode, Key directory) {
    this(name, mode, directory, LockConfig.defaults());
  }

  public LockClaim withConfig(LockConfig other) {
    return new LockClaim(name, mode, directory, other);
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
    return new LockClaim(
        name,
        other,
        directory,
        LockConfig.defaults().withCrashDelay(config.crashDelay()).withClosing(config.closing()));
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
