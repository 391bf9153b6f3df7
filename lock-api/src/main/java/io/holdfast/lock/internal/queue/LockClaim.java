package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Key;
import io.holdfast.lock.Closing;
import io.holdfast.lock.LockLimits;
import io.holdfast.lock.LockName;
import io.holdfast.spi.Claim;

/**
 * A wish for one lock in one mode.
 *
 * @param name which lock
 * @param mode how it is to be held
 * @param directory where its queue is
 * @param closing what the end of the hold waits for
 * @param limits what the lock demands of us
 */
public record LockClaim(
    LockName name, LockMode mode, Key directory, Closing closing, LockLimits limits) {

  /** What stands among the queues of a directory outside of the namespace; no lock is kept so. */
  public static final String HELD = ".held";

  /** A wish without limits, whose release is awaited. */
  public LockClaim(LockName name, LockMode mode, Key directory) {
    this(name, mode, directory, Closing.AWAITED, LockLimits.NONE);
  }

  public LockClaim withClosing(Closing other) {
    return new LockClaim(name, mode, directory, other, limits);
  }

  public LockClaim withLimits(LockLimits others) {
    return new LockClaim(name, mode, directory, closing, others);
  }

  /** A further place of the same hold; of the limits, only what every place has to meet. */
  public LockClaim beside(LockMode other) {
    return new LockClaim(
        name, other, directory, closing, LockLimits.NONE.withCrashDelay(limits.crashDelay()));
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
    return mode.isAlone() && !limits.boundsQueue() ? claim.showingNearest() : claim;
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
