package io.holdfast.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A hold for reading that may become one for writing, and a reader's again, as often as wanted.
 *
 * <pre>
 *   try (UpgradableGrant reading = lock.upgradable().acquire()) {
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
 */
public interface UpgradableGrant extends LockGrant {

  /**
   * A reader's token; once this hold has been one for writing, the token of that. Not to write
   * with: for that, the hold that {@link #upgrade} gives has its own.
   */
  @Override
  FencingToken token();

  /**
   * Waits until the readers who hold beside this one have gone; whoever comes from now on waits
   * until the writing is over. No other writer has been or will be in between.
   *
   * @return the hold for writing; its token is greater than every token given before
   * @throws InterruptedException if interrupted; this hold goes on
   * @throws IllegalStateException if it is upgraded, or about to be, or goes on as a mere reader
   * @throws LockLostException if this hold is over
   * @throws UpgradeRefusedException if it cannot be done safely; this hold goes on
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
   * Goes on as a mere reader: another may have the upgradable hold. Ends the hold for writing, if
   * there is one, or the wait for it. There is no way back. Idempotent; does nothing to a hold that
   * has ended.
   *
   * @return completes when the cluster knows, or when the session has ended and the hold with it;
   *     never fails
   */
  CompletableFuture<Void> downgrade();
}
