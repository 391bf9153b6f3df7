package io.holdfast.lock;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One hold, of one lock or of several at once: all held, or all lost, or all given back. Belongs to
 * the code that has this object, not to a thread; never acquired again behind its back.
 *
 * <p>What it says is this process's belief. Another process may act on the lock while this one is
 * paused between a check and a write; so the guarded resource must check the {@link FencingToken}.
 *
 * <pre>
 *   holder    |--- HELD ---|== paused ==|--- wakes: state() is LOST, before any message
 *   session   |------------------x expires
 *   next                         |--- HELD, greater token; seals the resource
 *   resource                     ...........^ refuses what the first one still writes
 * </pre>
 *
 * <p>No method but {@link #close} blocks. Safe for use by many threads. One that is forgotten stays
 * held, for its holder may still be at work; that is told in the log once it is garbage, with where
 * it was taken.
 */
public interface LockGrant extends AutoCloseable {

  /** The lock that is held; of several, the first. */
  LockName name();

  /** The locks that are held, in the order in which they were asked for. */
  default List<LockName> names() {
    return List.of(name());
  }

  /**
   * Greater than the token of every earlier hold that this one could not have shared the lock with;
   * of several locks held as one, it is the token for what each of them guards. Among readers, or
   * holders of permits, tokens grow in the order of the queue; but an earlier one may still be at
   * work, so a resource must not refuse it for its token.
   */
  FencingToken token();

  /** How the hold stands, by the clock as well as by messages. */
  GrantState state();

  /**
   * True only while the cluster cannot have given the lock to another, clock-rate drift aside, and
   * what is done to us by others: a forced release, or the end of our session by somebody else (a
   * lease revoked, a session closed). Those show when the news arrives. May turn false early and
   * then true again, never late.
   */
  boolean isHeld();

  /** How long {@link #isHeld} stays true if nothing more is heard; zero if it is false. */
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
   * The transaction on the further condition that the hold's places are still in their queues: it
   * fails with {@link io.holdfast.coordination.GuardFailedException} if the hold has ended,
   * whatever this process believes. To be committed in the same namespace, by any session. Of a
   * hold that has ended, by release or downgrade too, no guard is ever fulfilled again, whether it
   * was asked for before or after.
   *
   * <p>A shared place whose hold has been asked for a guard is given up with that hold; see {@link
   * LockConfig}.
   */
  Transaction guard(Transaction transaction);

  /**
   * Completes, where {@link io.holdfast.spi.Callbacks} run, once the state is LOST. Never completes
   * if the hold is released first.
   */
  CompletionStage<LossReason> lost();

  /**
   * Gives the lock back. Idempotent, and never touches a later hold.
   *
   * @return completes when the cluster knows, or when the session has ended and the hold with it;
   *     never fails
   */
  CompletableFuture<Void> release();

  /**
   * {@link #release}, and waits until the cluster knows, at most the session time-out; it is told
   * in the background after that. Waits for nothing with {@link Closing#AT_ONCE}.
   */
  @Override
  void close();
}
