package io.holdfast.lock;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One hold, of one lock or of several at once: all are held, or all lost, or all released. Belongs
 * to the code that has this object, not to a thread. A lost hold is never acquired again under the
 * same grant.
 *
 * <p>A grant states what this process believes. While this process is paused between a check and a
 * write, another one may get the lock. So the guarded resource must check the {@link FencingToken}.
 *
 * <pre>
 *   holder    |--- HELD ---|== paused ==|--- wakes: state() is LOST, before any message
 *   session   |------------------x expires
 *   next                         |--- HELD, greater token; seals the resource
 *   resource                     ...........^ refuses what the first one still writes
 * </pre>
 *
 * <p>No method but {@link #close} blocks. Safe for use by many threads. A grant that nobody
 * releases stays held, because its holder may still be at work. Once the grant is
 * garbage-collected, the log says so, and where it was acquired.
 */
public interface LockGrant extends AutoCloseable {

  /** The lock that is held; of several, the first. */
  LockName name();

  /** The locks that are held, in the order in which they were asked for. */
  default List<LockName> names() {
    return List.of(name());
  }

  /**
   * Greater than the token of every earlier hold whose mode excludes this one. Several locks held
   * as one have one token, for the resources of each. Among readers, or holders of permits, tokens
   * grow in the order of the queue; but an earlier one may still be at work, so a resource must not
   * refuse it because of its token.
   */
  FencingToken token();

  /** The state of the hold, by the clock as well as by messages. */
  GrantState state();

  /**
   * True only while the cluster cannot have given the lock to another. Two things are excepted. One
   * is clock-rate drift. The other is an action of somebody else: a forced release, or the end of
   * our session (a lease revoked, a session closed); this method turns false when the news of it
   * arrives. Otherwise it may turn false early and then true again, but never turns false late.
   */
  boolean isHeld();

  /** How long {@link #isHeld} stays true if the cluster sends nothing more; zero if it is false. */
  Duration remaining();

  /**
   * Returns if {@link #isHeld}.
   *
   * @throws LockLostException otherwise
   */
  default void ensureHeld() {
    LockLostException.throwUnlessHeld(this);
  }

  /**
   * Adds a condition to the transaction: the hold's places must still be in their queues. It fails
   * with {@link io.holdfast.coordination.GuardFailedException} if the hold has ended, whatever this
   * process believes. Commit it in the same namespace; any session will do. After a hold has ended,
   * also by release or downgrade, none of its guards is ever fulfilled again, whether it was asked
   * for before or after the end.
   *
   * <p>Once a hold has given a guard, its shared place is given up with the hold; see {@link
   * LockConfig}.
   */
  Transaction guard(Transaction transaction);

  /**
   * Completes, where {@link io.holdfast.spi.Callbacks} run, once the state is LOST. Never completes
   * if the hold is released first.
   */
  CompletionStage<LossReason> lost();

  /**
   * Releases the lock. Idempotent, and never touches a later hold.
   *
   * @return completes when the cluster knows, or when the session has ended, which ends the hold;
   *     never fails
   */
  CompletableFuture<Void> release();

  /**
   * {@link #release}, and waits until the cluster knows, for the session time-out at most. After
   * that the release goes on in the background. Waits for nothing with {@link Closing#AT_ONCE}.
   */
  @Override
  void close();
}
