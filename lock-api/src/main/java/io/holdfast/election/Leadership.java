package io.holdfast.election;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockLostException;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One term of one leader. Belongs to the code that has this object, not to a thread; safe for many
 * threads.
 */
public final class Leadership implements AutoCloseable {

  private static final int LONGEST_PROCLAMATION = 10_000;

  private final LockGrant grant;
  private final Coordinator coordinator;

  Leadership(LockGrant grant, Coordinator coordinator) {
    this.grant = grant;
    this.coordinator = coordinator;
  }

  /** Greater than every earlier term. Use it to guard all that the leader writes. */
  public FencingToken term() {
    return grant.token();
  }

  /**
   * The hold of the election's lock: for its state, its remaining time, and as a guard of
   * transactions.
   */
  public LockGrant grant() {
    return grant;
  }

  /** True only while no other process can have been elected; may turn false early, never late. */
  public boolean isLeader() {
    return grant.isHeld();
  }

  /**
   * Returns if {@link #isLeader}.
   *
   * @throws LockLostException otherwise
   */
  public void ensureLeader() {
    grant.ensureHeld();
  }

  /**
   * Completes, where {@link io.holdfast.spi.Callbacks} run, once the leadership is lost; never
   * after resigning.
   */
  public CompletionStage<LossReason> lost() {
    return grant.lost();
  }

  /**
   * Publishes a text to all observers. It stays until the next proclamation or the end of the term.
   *
   * @param text at most 10,000 characters, no secrets
   * @return fails with {@link LockLostException} or {@link
   *     io.holdfast.coordination.GuardFailedException} if the term is over, with {@link
   *     io.holdfast.coordination.UnavailableException} (not said) or {@link
   *     io.holdfast.coordination.IndeterminateException}
   */
  public CompletableFuture<Void> proclaim(String text) {
    if (text.length() > LONGEST_PROCLAMATION) {
      throw new IllegalArgumentException(
          "a proclamation has at most " + LONGEST_PROCLAMATION + " characters");
    }
    return coordinator
        .context()
        .told(
            coordinator
                .session()
                .thenCompose(
                    session ->
                        session
                            .list(
                                Elections.DIRECTORY.child(grant.name().segment()),
                                Consistency.LINEARIZABLE)
                            .thenCompose(
                                queue -> session.commit(proclamation(queue, session, text))))
                .thenAccept(done -> {}));
  }

  /**
   * Written only by the place's session: a key that another session puts would belong to that
   * session.
   */
  private Transaction proclamation(Snapshot queue, Session session, String text) {
    Entry own =
        queue.entries().stream()
            .filter(entry -> entry.created().equals(term().revision()))
            .filter(entry -> entry.session().filter(session.id()::equals).isPresent())
            .findFirst()
            .orElseThrow(() -> new LockLostException("the term " + term() + " is over"));
    Owner owner =
        Owner.decode(own.payload())
            .orElse(coordinator.options().owner())
            .with(Leader.PROCLAIMED, text);
    return grant.guard(Transaction.EMPTY.putForSession(own.key(), owner.encode()));
  }

  /**
   * Ends the term; the next candidate leads. Idempotent.
   *
   * @return completes when the cluster knows, or the session has ended; never fails
   */
  public CompletableFuture<Void> resign() {
    return grant.release();
  }

  /** {@link #resign}, and waits for it, at most the session time-out. */
  @Override
  public void close() {
    grant.close();
  }

  @Override
  public String toString() {
    return "leadership, " + grant;
  }
}
