package io.holdfast.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A hold whose mode may change without letting go, so that no other writer is or was in between.
 *
 * <p>Of {@link NamedLock#upgradable}, it reads, and may come to write, as often as wanted:
 *
 * <pre>
 *   try (ConvertibleGrant reading = lock.upgradable().acquire()) {
 *     if (needsChange(read())) {
 *       try (LockGrant writing = reading.upgrade()) {      // what was read is still true
 *         change(writing.token());
 *       }
 *     }
 *   }
 * </pre>
 *
 * <p>To write is a hold of its own, inside this one: with a greater token, given back by itself,
 * and over at the latest when this one is. A wait for it that is given up leaves this hold as it
 * was.
 *
 * <p>Of {@link NamedLock#downgradable}, it writes, and may go on as a reader; for that one there is
 * no way back, and {@link #upgrade} is refused.
 */
public interface ConvertibleGrant extends LockGrant {

  /**
   * The token of the mode that it is held in. Of an upgradable hold it is a reader's, and once the
   * hold has been one for writing, the token of that: not to write with, for the hold that {@link
   * #upgrade} gives has its own. Of a downgradable hold it is a writer's, and stays the same after
   * {@link #downgrade}.
   */
  @Override
  FencingToken token();

  /**
   * Waits until the readers that hold beside this one have gone; those that come from now on wait
   * until the writing is over. No other writer has been or will be in between.
   *
   * @return the hold for writing; its token is greater than every token given before
   * @throws InterruptedException if interrupted; this hold goes on
   * @throws IllegalStateException if it is upgraded, or about to be, or goes on as a plain reader
   * @throws LockLostException if this hold is over
   * @throws UpgradeRefusedException if it cannot be done safely, or if the hold is of {@link
   *     NamedLock#downgradable}; this hold goes on
   */
  LockGrant upgrade() throws InterruptedException;

  /**
   * {@link #upgrade}, if nobody else holds. Writes nothing if somebody visibly does.
   *
   * @throws io.holdfast.coordination.UnavailableException if the cluster does not answer within the
   *     request time-out
   */
  Optional<LockGrant> tryUpgrade();

  /**
   * {@link #upgrade}, waiting for a while only.
   *
   * @return empty if {@code wait} passed first
   * @throws InterruptedException if interrupted; this hold goes on
   */
  Optional<LockGrant> tryUpgrade(Duration wait) throws InterruptedException;

  /**
   * {@link #upgrade} without a thread.
   *
   * @return completes where {@link io.holdfast.spi.Callbacks} run; cancelling it, or completing it
   *     in any other way, gives up the wait, and this hold goes on
   */
  CompletableFuture<LockGrant> upgradeAsync();

  /**
   * Goes on as a plain reader: other readers may come in, and no writer has been or will be in
   * between. What was written must be finished before this is called: the token, which stays the
   * same, is smaller than that of every later writer. Ends the hold for writing inside an
   * upgradable hold, or the wait for it, and lets another have the upgradable hold. There is no way
   * back. Idempotent; does nothing to a hold that has ended.
   *
   * @return completes when the cluster knows, or when the session has ended and the hold with it;
   *     never fails
   */
  CompletableFuture<Void> downgrade();
}
