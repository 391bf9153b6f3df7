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
import io.holdfast.lock.internal.queue.GrantHandle;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.LockMode;
import io.holdfast.lock.internal.queue.ModeLock;
import io.holdfast.lock.internal.queue.OwnerDetails;
import io.holdfast.lock.internal.queue.QueueGrant;
import io.holdfast.lock.internal.queue.WaitForm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An upgradable hold for reading, with its upgrade, waiting or held: the update lock of databases.
 *
 * <pre>
 *                upgrade            admitted
 *   READING -----------> UPGRADING ---------> WRITING
 *     ^                      |                   |        any --> ENDED  released, lost,
 *     +----- given up -------+                   |                       or downgraded
 *     +----------------------- released ---------+
 * </pre>
 *
 * <p>It is held beside readers, but by one holder at a time. A second request waits for its turn,
 * as a writer does; a {@code tryAcquire} is refused. So two holders can never both have read and
 * wait for each other to write: the second has not read yet.
 *
 * <p>It takes two places with one join, one upgradable and one to read; the second is for {@link
 * #downgrade}. An upgrade takes a third place, at the end:
 *
 * <pre>
 *   queue       R1  U  R2  W  R3  X      X is the upgrade of U
 *   hold        +   +  +
 *   X waits for +      +                 W and R3 wait for U; X must not wait for them
 * </pre>
 *
 * <p><b>X overtakes the waiters.</b> The first place behind U that is incompatible with it, here W,
 * waits for U, and so do all places behind W. X must not wait for these. But if W gives up while X
 * writes, R3 would see nobody in its way. So a reader with an upgradable place ahead asks the
 * leader once more before it is admitted: if it finds an X, it takes a new place behind X.
 *
 * <ul>
 *   <li>The read showed no X, and nobody in R3's way: then an X that comes later sees R3 with
 *       nobody in its way, and waits for it.
 *   <li>The read showed X: R3 was not admitted and gives up its place, so X does not wait for it.
 * </ul>
 *
 * <p>So of X and any reader exactly one waits for the other, and nothing depends on a read before
 * R3's join. Readers without an upgradable place ahead cost nothing more.
 *
 * <p><b>The token of X</b> must be greater than the tokens of R1 to R2, whether they are gone or
 * not, and smaller than the token of W, whose place is older than X's. All places before W were
 * admitted, and none behind it. So X's token has the revision just below W's, with a count like
 * that of hand-overs. If nobody waits, it has the revision of X's own place.
 *
 * <p><b>Other programs.</b> A reader of Curator's own lock sees X as a writer and U as a reader,
 * but does not ask the leader once more. If such a reader waits behind a W, the upgrade is refused.
 * {@code etcdctl lock} knows writers only, and they need no change.
 */
public final class UpgradableHold implements ConvertibleGrant {

  private enum State {
    READING,
    UPGRADING,
    WRITING,
    ENDED
  }

  private final QueueGrant reading;
  private final LockClaim claim;
  private final Coordinator coordinator;
  private final ModeLock<LockGrant, UpgradedGrant> upgrade;

  /** This and all fields below are guarded by this. */
  private State state = State.READING;

  private FencingToken token;

  /** Set while UPGRADING or WRITING. */
  private @Nullable Upgrade wish;

  /** Set while WRITING. */
  private @Nullable UpgradedGrant writing;

  /**
   * A hold that begins.
   *
   * @param reading its two places, the upgradable one first
   * @param claim the claim of the upgradable place
   */
  public UpgradableHold(QueueGrant reading, LockClaim claim, Coordinator coordinator) {
    this.reading = reading;
    this.claim = claim;
    this.coordinator = coordinator;
    this.token = reading.token();
    this.upgrade =
        new ModeLock<>(
            List.of(claim.beside(LockMode.UPGRADE)),
            coordinator,
            this::begin,
            GrantHandle.Plain::new);
    reading.lostHere().thenRun(this::endUpgrade);
  }

  /** The handle for the code that asked for the hold. */
  public static ConvertibleGrant handed(
      QueueGrant reading, LockClaim claim, Coordinator coordinator) {
    return new UpgradableHandle(new UpgradableHold(reading, claim, coordinator));
  }

  /** Begins the wait for an upgrade, as a {@link ModeLock} does. */
  public CompletableFuture<UpgradedGrant> begin(WaitForm form) {
    if (!isThere()) {
      return CompletableFuture.failedFuture(notHeld());
    }
    OwnerDetails details = OwnerDetails.of(claim, form);
    Upgrade fresh;
    synchronized (this) {
      if (state != State.READING) {
        throw new IllegalStateException(
            state == State.ENDED
                ? "it was downgraded to a plain reader, or has ended: " + reading
                : "it is upgraded already, or waits for an upgrade: " + reading);
      }
      fresh = new Upgrade(this, reading, upgrade.claim(), coordinator, form, details);
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
    return LockLostException.notHeld(this);
  }

  /**
   * The upgrade is admitted: the grant for the caller, or empty if the upgrade was ended meanwhile.
   */
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

  /** The upgrade is over: it is neither waited for nor held. */
  synchronized void over(Upgrade which) {
    if (wish == which) {
      wish = null;
      writing = null;
      state = State.READING;
    }
  }

  /** Ends the upgrade; there will be no other. */
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
  public Transaction guard(Transaction transaction) {
    return reading.guard(transaction);
  }

  @Override
  public CompletionStage<LossReason> lost() {
    return reading.lost();
  }

  @Override
  public LockGrant upgrade() throws InterruptedException {
    return upgrade.acquire();
  }

  @Override
  public Optional<LockGrant> tryUpgrade() {
    return upgrade.tryAcquire();
  }

  @Override
  public Optional<LockGrant> tryUpgrade(Duration wait) throws InterruptedException {
    return upgrade.tryAcquire(wait);
  }

  @Override
  public CompletableFuture<LockGrant> upgradeAsync() {
    return upgrade.acquireAsync();
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
