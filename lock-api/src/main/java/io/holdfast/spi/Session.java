package io.holdfast.spi;

import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * One incarnation of this process in the cluster: what a backend supplies, and what every recipe is
 * written on.
 *
 * <p><b>Life.</b> A session keeps itself alive until it is closed or lost. {@link
 * SessionState#LOST} is terminal; the {@link Coordinator} opens the next. All that a session put
 * with {@link Transaction#putForSession} or {@link #join} vanishes with it. Each session owns a
 * presence key, {@code sessions/<id>}, holding an {@link Owner}; every write is conditional on that
 * key, so that a session which the cluster has given up can no longer write.
 *
 * <p><b>Outcomes.</b> There are three, never two. A future completes normally: it took effect. It
 * fails with {@link UnavailableException}, {@link GuardFailedException} or {@link
 * SessionLostException} without effect: it did not and never will. It fails with {@link
 * IndeterminateException}: unknown, and the caller must look. Which of them a method can give, it
 * says. Wherever {@link UnavailableException} can come, {@link AccessRefusedException} can come in
 * its place: then trying again is no use.
 *
 * <p><b>Threads.</b> Any thread may call. Futures complete, and sinks are called, in {@link
 * #context}; no method blocks, {@link #close} apart. Operations of one session given one after the
 * other from its context take effect in that order where their keys overlap.
 */
public interface Session extends ReadAccess {

  /**
   * What the cluster knows it by; unique among all sessions ever. Also the name of its presence
   * key.
   */
  String id();

  /**
   * How it stands. Goes by the clock as well as by messages: a process that wakes from a pause
   * longer than the session's life sees LOST at its first call, before any message arrives.
   */
  SessionState state();

  /** The session time-out that the cluster granted. */
  Duration timeout();

  /**
   * Proven life left: the cluster cannot have expired the session before this has passed. Zero if
   * nothing is proven, as may be while the session stands in no queue: {@link #prove} proves it.
   * Counted on the monotonic clock from before the proving request was sent, less a margin for
   * clock-rate drift: ends early, never late.
   */
  Duration remaining();

  /** Completes, normally, when the session is {@link SessionState#LOST}. */
  CompletionStage<LossReason> lost();

  /**
   * Calls {@code observer} with each state after the present one, in order; LOST is the last. What
   * it throws is logged.
   *
   * @return stops it
   */
  Runnable onState(Consumer<SessionState> observer);

  /** The session's serial context. */
  Context context();

  /**
   * Proves that the session is alive, by as many round trips, which the leader takes part in, as
   * that takes.
   *
   * @return {@link #remaining} after it, more than zero unless it took as long as the proof lasts;
   *     fails with {@link UnavailableException} or {@link SessionLostException}
   */
  CompletableFuture<Duration> prove();

  /**
   * Takes a place in every queue, in one write and one step of the order: if two joins have two
   * queues in common, the one that is ahead in one queue is ahead in the other.
   *
   * <p>A transaction may have the key of a place as a condition, replace what it holds while it is
   * there, or delete it.
   *
   * <p>A place that this session was asked to {@link #leave} before is not ahead of the new ones,
   * unless the connection breaks meanwhile: then it may be, until it is gone.
   *
   * <p>One round trip when nothing fails. A lost reply is settled inside: the session looks for the
   * places, by names that nothing else has meanwhile, before it says anything.
   *
   * @param claims one per place; a queue at most once in each mode. Of two in one queue the later
   *     claim never stands ahead of the earlier, and nobody stands between them; also a listing
   *     shows them so
   * @param present keys without which no place is taken: a condition on the state just before, as
   *     {@link Transaction.Exists} is
   * @param payload kept with each place, for people who inspect the queue
   * @return one place for each claim, in their order, with who was ahead when the join committed.
   *     One that somebody removed before the reply came is given as {@link Place#takenAway}. Fails
   *     with {@link UnavailableException} or {@link GuardFailedException} (no place was taken) or
   *     {@link SessionLostException} (whatever was taken goes with the session), or with {@link
   *     IllegalStateException} if the life of this session can never be proven, by its time-out.
   *     Cancelling the future has no effect: who does not want the places leaves them
   */
  CompletableFuture<List<Place>> join(List<Claim> claims, List<Key> present, Payload payload);

  /** {@link #join(List, List, Payload)} without a condition. */
  default CompletableFuture<List<Place>> join(List<Claim> claims, Payload payload) {
    return join(claims, List.of(), payload);
  }

  /**
   * Looks again who is ahead. May be behind the truth, and then shows too many, never too few.
   *
   * @return the place with its present {@code ahead}, or empty if the place is no longer there or
   *     no longer this session's; fails with {@link UnavailableException} or {@link
   *     SessionLostException}
   */
  CompletableFuture<Optional<Place>> refresh(Place place);

  /**
   * Waits until one ahead of a place is gone, and then looks again who is ahead. A backend that is
   * told of all that happens in the queue, in order, need not ask.
   *
   * @param place as it was seen last
   * @param ahead the key of somebody ahead of it
   * @return as {@link #refresh}, once {@code ahead} is gone. Cancelling the future removes the
   *     watch
   */
  default CompletableFuture<Optional<Place>> refreshAfter(Place place, Key ahead) {
    CompletableFuture<Void> gone = gone(ahead);
    CompletableFuture<Optional<Place>> looked = gone.thenCompose(done -> refresh(place));
    looked.whenComplete((found, failure) -> gone.cancel(false));
    return looked;
  }

  /**
   * Leaves queues. Idempotent, tried again until it is done.
   *
   * @return completes when the places are known to be gone, or when the session is lost and they go
   *     with it; never fails
   */
  CompletableFuture<Void> leave(List<Place> places);

  /**
   * Commits a transaction.
   *
   * @return fails with {@link GuardFailedException}, {@link UnavailableException} or {@link
   *     SessionLostException} (no effect), or {@link IndeterminateException}. An indeterminate
   *     transaction has either taken effect by the time the future fails or never will, unless the
   *     session was lost
   */
  CompletableFuture<Committed> commit(Transaction transaction);

  /**
   * Completes once {@code key} is absent; at once if it is. May complete late, when the session
   * learns of it, and never early. Cancelling the future removes the watch.
   *
   * @return fails with {@link SessionLostException} only
   */
  CompletableFuture<Void> gone(Key key);

  /**
   * Delivers the present state of a directory, then the latest state after changes: coalesced,
   * never backwards, in {@link #context}. A broken connection is mended inside; after it comes what
   * was missed. What {@code sink} throws is logged, and the next state is delivered all the same.
   * Ends without a word when the session is lost.
   */
  Watch watch(Key directory, Consumer<? super Snapshot> sink);

  /**
   * Delivers the names directly below a directory, keys and directories alike, sorted, as {@link
   * #names} gives them: those that are there, then the latest after names have come or gone. What
   * changes below a name that stays is not delivered. Otherwise as {@link #watch}.
   */
  Watch watchNames(Key directory, Consumer<? super List<String>> sink);

  /**
   * Ends the session and, if the cluster can be reached, removes at once all that belongs to it.
   * Idempotent. Blocks for at most the session time-out.
   */
  @Override
  void close();

  /** {@link #close} without waiting for it. */
  default void closeInBackground() {
    DaemonThread.start("holdfast-close-" + id(), this::close);
  }
}
