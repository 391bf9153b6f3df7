package io.holdfast.lock.internal.upgrade;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.ConvertibleGrant;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockLostException;
import io.holdfast.lock.LockName;
import io.holdfast.lock.internal.queue.Acquirer;
import io.holdfast.lock.internal.queue.Acquisition.Patience;
import io.holdfast.lock.internal.queue.GrantHandle;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.LockMode;
import io.holdfast.lock.internal.queue.OwnerDetails;
import io.holdfast.lock.internal.queue.OwnerDetails.Caller;
import io.holdfast.lock.internal.queue.QueueGrant;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A hold of an {@link UpgradableLock}, and the wish to write in it, or the hold for that.
 *
 * <pre>
 *                upgrade            admitted
 *   READING -----------> UPGRADING ---------> WRITING
 *     ^                      |                   |        any --> ENDED  released, lost,
 *     +----- given up -------+                   |                       or a mere reader's
 *     +----------------------- released ---------+
 * </pre>
 */
public final class UpgradableHold implements ConvertibleGrant {

  private enum State {
    READING,
    UPGRADING,
    WRITING,
    ENDED
  }

  private final QueueGrant reading;
  private final Coordinator coordinator;
  private final LockClaim upgrade;
  private final OwnerDetails ownerDetails;
  private final Acquirer<LockGrant, UpgradedGrant> acquirer;

  /** All below: guarded by this. */
  private State state = State.READING;

  private FencingToken token;

  /** While UPGRADING or WRITING. */
  private @Nullable Upgrade wish;

  /** While WRITING. */
  private @Nullable UpgradedGrant writing;

  public UpgradableHold(
      QueueGrant reading, LockClaim claim, Coordinator coordinator, OwnerDetails ownerDetails) {
    this.reading = reading;
    this.coordinator = coordinator;
    this.upgrade = claim.beside(LockMode.UPGRADE);
    this.ownerDetails = ownerDetails;
    this.token = reading.token();
    this.acquirer =
        new Acquirer<>(List.of(upgrade), coordinator, this::begin, GrantHandle.Plain::new);
    reading.lostHere().thenRun(this::endUpgrade);
  }

  /** As {@link Acquirer.Start#begin}. */
  public CompletableFuture<Optional<UpgradedGrant>> begin(
      Patience patience, Caller caller, Executor completion) {
    if (!isThere()) {
      return CompletableFuture.failedFuture(notHeld());
    }
    OwnerDetails.Description description = ownerDetails.describe(caller);
    Upgrade fresh;
    synchronized (this) {
      if (state != State.READING) {
        throw new IllegalStateException(
            state == State.ENDED
                ? "it has become a mere reader's, or has ended: " + reading
                : "it is upgraded, or about to be: " + reading);
      }
      fresh = new Upgrade(this, reading, upgrade, coordinator, patience, description, completion);
      state = State.UPGRADING;
      wish = fresh;
    }
    return fresh.start();
  }

  private boolean isThere() {
    GrantState now = reading.state();
    return now == GrantState.HELD || now == GrantState.AT_RISK;
  }

  LockLostException notHeld() {
    return LockLostException.notHeld(name().toString(), state(), token());
  }

  /** It may write: what to tell the one who asked for it, unless that has been ended meanwhile. */
  Optional<UpgradedGrant> admitted(Upgrade which, QueueGrant place) {
    UpgradedGrant fresh = new UpgradedGrant(reading, place, () -> over(which));
    synchronized (this) {
      token = place.token();
      if (wish == which) {
        state = State.WRITING;
        writing = fresh;
        return Optional.of(fresh);
      }
    }
    fresh.end();
    return Optional.empty();
  }

  /** Neither is it waited for any longer nor held. */
  synchronized void over(Upgrade which) {
    if (wish == which) {
      wish = null;
      writing = null;
      state = State.READING;
    }
  }

  /** For good. */
  private void endUpgrade() {
    Upgrade waiting;
    UpgradedGrant held;
    synchronized (this) {
      waiting = wish;
      held = writing;
      wish = null;
      writing = null;
      state = State.ENDED;
    }
    if (held != null) {
      held.end();
    } else if (waiting != null) {
      waiting.holdOver();
    }
  }

  @Override
  public LockName name() {
    return reading.name();
  }

  @Override
  public synchronized FencingToken token() {
    return token;
  }

  @Override
  public GrantState state() {
    return reading.state();
  }

  @Override
  public boolean isHeld() {
    return reading.isHeld();
  }

  @Override
  public Duration remaining() {
    return reading.remaining();
  }

  @Override
  public void ensureHeld() {
    if (!isHeld()) {
      throw notHeld();
    }
  }

  @Override
  public Transaction guard(Transaction transaction) {
    return reading.guard(transaction);
  }

  @Override
  public CompletionStage<LossReason> lost() {
    return reading.lost();
  }

  @Override
  public LockGrant upgrade() throws InterruptedException {
    return acquirer.acquire();
  }

  @Override
  public Optional<LockGrant> tryUpgrade() {
    return acquirer.tryAcquire();
  }

  @Override
  public Optional<LockGrant> tryUpgrade(Duration wait) throws InterruptedException {
    return acquirer.tryAcquire(wait);
  }

  @Override
  public CompletableFuture<LockGrant> upgradeAsync() {
    return acquirer.acquireAsync();
  }

  @Override
  public CompletableFuture<Void> downgrade() {
    endUpgrade();
    return reading.downgrade();
  }

  @Override
  public CompletableFuture<Void> release() {
    endUpgrade();
    return reading.release();
  }

  @Override
  public void close() {
    endUpgrade();
    reading.close();
  }

  @Override
  public String toString() {
    return "upgradable " + reading;
  }
}
