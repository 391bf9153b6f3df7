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
 * A hold for reading, and the wish to write in it, or the hold for that: the update lock of
 * databases.
 *
 * <pre>
 *                upgrade            admitted
 *   READING -----------> UPGRADING ---------> WRITING
 *     ^                      |                   |        any --> ENDED  released, lost,
 *     +----- given up -------+                   |                       or a mere reader's
 *     +----------------------- released ---------+
 * </pre>
 *
 * <p>It is held together with readers, and by one at a time: another who wants it so waits its
 * turn, as a writer does, or is refused if it only tries. So of two who have read and now want to
 * write, the second has not even read, and they cannot block each other.
 *
 * <p>It takes two places with one join, one upgradable and one to read, for the sake of {@link
 * #downgrade}. To upgrade is to take a third, at the end:
 *
 * <pre>
 *   queue       R1  U  R2  W  R3  X      X is the upgrade of U
 *   hold        +   +  +
 *   X waits for +      +                 W and R3 wait for U, and would wait for ever for X
 * </pre>
 *
 * <p><b>X overtakes those who wait.</b> Whoever behind U does not go together with it, W here,
 * waits for U, and so do all behind W. X need not wait for these, and must not. But should W give
 * up while X writes, R3 would see nobody in its way. So a reader with an upgradable place ahead
 * looks once more, by the leader's word, before it is let in: if an X is there, it takes a new
 * place behind X.
 *
 * <ul>
 *   <li>The look showed no X, and nobody in R3's way: then an X that comes later sees R3 with
 *       nobody in its way, and waits for it.
 *   <li>The look showed X: R3 was not let in, and gives its place up, so X does not wait for it.
 * </ul>
 *
 * <p>So of X and any reader exactly one waits for the other, and no look before R3's join is relied
 * on. Readers with no such place ahead are as cheap as ever.
 *
 * <p><b>The token of X</b> has to be greater than those of R1 to R2, gone or not, and smaller than
 * that of W, whose place is older than X's. All before W were let in, and nobody behind: so it is
 * the revision just below W's, with a count like that of hand-overs. If nobody waits it is X's own.
 *
 * <p><b>Other programs.</b> A reader of Curator's own lock sees X as a writer and U as a reader,
 * but does not look once more. If one waits behind a W, the upgrade is refused. {@code etcdctl
 * lock} knows writers only: these see nothing new.
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

  /** All below: guarded by this. */
  private State state = State.READING;

  private FencingToken token;

  /** While UPGRADING or WRITING. */
  private @Nullable Upgrade wish;

  /** While WRITING. */
  private @Nullable UpgradedGrant writing;

  /**
   * A hold that begins.
   *
   * @param reading its two places, the upgradable one first
   * @param claim of the upgradable one
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

  /** The hold as it is handed to the code that asked for it. */
  public static ConvertibleGrant handed(
      QueueGrant reading, LockClaim claim, Coordinator coordinator) {
    return new UpgradableHandle(new UpgradableHold(reading, claim, coordinator));
  }

  /** Begins to wait, as a {@link ModeLock} does. */
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
                ? "it has become a mere reader's, or has ended: " + reading
                : "it is upgraded, or about to be: " + reading);
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
