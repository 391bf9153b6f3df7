package io.holdfast.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A hold whose mode can change without a release, so no other writer comes in between.
 *
 * <p>A hold of {@link NamedLock#upgradable} reads, and can be upgraded to write, as often as
 * needed:
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
 * <p>The upgrade is a hold of its own inside this one. It has a greater token, it is released
 * separately, and it ends at the latest when this hold ends. If the wait for it is given up, this
 * hold stays as it was.
 *
 * <p>A hold of {@link NamedLock#downgradable} writes, and can go on as a reader. It cannot become a
 * writer again: {@link #upgrade} is refused.
 */
public interface ConvertibleGrant extends LockGrant {

  /**
   * The token of the mode in which it is held. An upgradable hold has a reader's token; after an
   * upgrade, it has the token of the latest upgrade. Do not write with it: the hold that {@link
   * #upgrade} returns has its own token. A downgradable hold has a writer's token, which stays the
   * same after {@link #downgrade}.
   */
  @Override
  FencingToken token();

  /**
   * Waits until the other readers have released. Readers that arrive from now on wait until the
   * writing is over. No other writer comes in between.
   *
   * @return the hold for writing; its token is greater than every token given before
   * @throws InterruptedException if interrupted; this hold goes on
   * @throws IllegalStateException if this hold is upgraded already, waits for an upgrade, or was
   *     downgraded
   * @throws LockLostException if this hold is over
   * @throws UpgradeRefusedException if it cannot be done safely, or if the hold is of {@link
   *     NamedLock#downgradable}; this hold goes on
   */
  LockGrant upgrade() throws InterruptedException;

  /**
   * {@link #upgrade}, if nobody else holds the lock. Writes nothing if the queue shows another
   * holder.
   *
   * @throws io.holdfast.coordination.UnavailableException if the cluster does not answer within the
   *     request time-out
   */
  Optional<LockGrant> tryUpgrade();

  /**
   * {@link #upgrade}, waiting for {@code wait} at most.
   *
   * @return empty if {@code wait} passed first
   * @throws InterruptedException if interrupted; this hold goes on
   */
  Optional<LockGrant> tryUpgrade(Duration wait) throws InterruptedException;

  /**
   * {@link #upgrade} without blocking a thread.
   *
   * @return completes where {@link io.holdfast.spi.Callbacks} run; the wait ends if the caller
   *     cancels the future or completes it in any other way; this hold goes on
   */
  CompletableFuture<LockGrant> upgradeAsync();

  /**
   * Goes on as a plain reader: other readers are admitted, and no writer comes in between. Finish
   * all writes before this call: the token stays the same, and is smaller than the token of every
   * later writer. On an upgradable hold this ends the upgrade inside it, or the wait for one, and
   * another process can get the upgradable hold. A downgraded hold cannot be upgraded again.
   * Idempotent; does nothing to a hold that has ended.
   *
   * @return completes when the cluster knows, or when the session has ended, which ends the hold;
   *     never fails
   */
  CompletableFuture<Void> downgrade();
}
