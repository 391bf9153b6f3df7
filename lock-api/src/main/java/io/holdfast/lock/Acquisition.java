package io.holdfast.lock;

import io.holdfast.coordination.Claim;
import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.Context;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Place;
import io.holdfast.coordination.Session;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.UnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One wish for a lock, from the call to the grant: the lock recipe.
 *
 * <p>It is the queue of ephemeral nodes that ZooKeeper's and etcd's own recipes use: join the
 * queue; whoever has nobody ahead holds the lock; everyone else waits for the one just ahead, so
 * that a release wakes one waiter and not all. What is added:
 *
 * <ul>
 *   <li>The token is the revision at which the place was created. The queue is ordered by it, so
 *       the next holder's is greater.
 *   <li>When the one ahead is gone the queue is looked at again: that one may only have given up,
 *       and our own place may have been taken away. A look that is late shows too many ahead, never
 *       too few.
 *   <li>A grant is given only on proven session life. A waiter that wakes after its session may
 *       have expired queues again in the next session instead of taking the word of an old message.
 *   <li>Giving up is a state of its own: a join whose reply is still out is left as soon as it is
 *       known.
 * </ul>
 *
 * <pre>
 *   SEEKING_SESSION --> LOOKING --> JOINING --> QUEUED --> ADMITTED
 *         ^                            |           |
 *         +------- session lost -------+-----------+        any --> GIVEN_UP
 * </pre>
 *
 * <p>Lives in the coordinator's context; only {@link #outcome} is seen from outside, and whoever
 * completes it first, grant or cancellation, wins.
 */
final class Acquisition {

  /** Whether to stand in the queue behind others. */
  enum Patience {
    WAIT,
    NO_WAIT
  }

  private enum Phase {
    SEEKING_SESSION,
    LOOKING,
    JOINING,
    QUEUED,
    ADMITTED,
    GIVEN_UP
  }

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final LockName name;
  private final Coordinator coordinator;
  private final Context context;
  private final Patience patience;
  private final Executor completion;
  private final CompletableFuture<Optional<LockGrant>> outcome = new CompletableFuture<>();

  /** All below: used in the context only. */
  private Phase phase = Phase.SEEKING_SESSION;

  private Duration pause = SHORTEST_PAUSE;
  private @Nullable Session session;
  private @Nullable Place place;
  private CompletableFuture<Void> predecessor = new CompletableFuture<>();
  private CompletableFuture<Session> nextSession = new CompletableFuture<>();

  /**
   * A wish that {@link #start} sets going.
   *
   * @param completion where {@link #outcome} completes
   */
  Acquisition(LockName name, Coordinator coordinator, Patience patience, Executor completion) {
    this.name = name;
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.patience = patience;
    this.completion = completion;
  }

  /**
   * Begins.
   *
   * @return a grant; or empty, if the patience is {@link Patience#NO_WAIT} and others were there.
   *     Cancelling it gives up
   */
  CompletableFuture<Optional<LockGrant>> start() {
    outcome.whenComplete(
        (grant, failure) -> {
          if (outcome.isCancelled()) {
            context.execute(this::giveUp);
          }
        });
    context.execute(this::seekSession);
    return outcome;
  }

  private void seekSession() {
    if (phase == Phase.GIVEN_UP) {
      return;
    }
    phase = Phase.SEEKING_SESSION;
    place = null;
    nextSession = coordinator.session();
    nextSession.whenComplete((found, failure) -> inContext(() -> sessionFound(found, failure)));
  }

  private void sessionFound(@Nullable Session found, @Nullable Throwable failure) {
    if (phase != Phase.SEEKING_SESSION) {
      return;
    }
    if (found == null) {
      fail(failure);
      return;
    }
    session = found;
    if (patience == Patience.NO_WAIT) {
      look(found);
    } else {
      join(found);
    }
  }

  /** A read first, so that a try at a taken lock costs the cluster no write. */
  private void look(Session with) {
    phase = Phase.LOOKING;
    with.names(name.queue(), Consistency.SEQUENTIAL)
        .whenComplete(
            (names, failure) ->
                inContext(
                    () -> {
                      if (phase != Phase.LOOKING) {
                        return;
                      }
                      if (failure != null) {
                        retry(failure);
                      } else if (names.isEmpty()) {
                        join(with);
                      } else {
                        end(Optional.empty());
                      }
                    }));
  }

  private void join(Session with) {
    phase = Phase.JOINING;
    Payload owner =
        coordinator.options().owner().since(Instant.now()).with("session", with.id()).encode();
    with.join(List.of(Claim.exclusive(name.queue())), owner)
        .whenComplete(
            (places, failure) ->
                inContext(
                    () -> {
                      if (failure != null) {
                        retry(failure);
                      } else {
                        joined(with, places.get(0));
                      }
                    }));
  }

  private void joined(Session with, Place taken) {
    if (phase == Phase.GIVEN_UP) {
      with.leave(List.of(taken));
      return;
    }
    phase = Phase.QUEUED;
    pause = SHORTEST_PAUSE;
    examine(with, taken);
  }

  private void examine(Session with, Place current) {
    place = current;
    if (current.isFirst()) {
      admit(with, current);
    } else if (patience == Patience.NO_WAIT) {
      with.leave(List.of(current));
      end(Optional.empty());
    } else {
      List<Place.Member> ahead = current.ahead();
      predecessor = with.gone(ahead.get(ahead.size() - 1).key());
      predecessor.whenComplete(
          (gone, failure) ->
              inContext(
                  () -> {
                    if (phase != Phase.QUEUED) {
                      return;
                    }
                    if (failure != null) {
                      retry(failure);
                    } else {
                      lookAgain(with, current);
                    }
                  }));
    }
  }

  private void lookAgain(Session with, Place current) {
    with.refresh(current)
        .whenComplete(
            (found, failure) ->
                inContext(
                    () -> {
                      if (phase != Phase.QUEUED) {
                        return;
                      }
                      if (failure != null && unwrap(failure) instanceof UnavailableException) {
                        later(() -> lookAgain(with, current));
                      } else if (failure != null) {
                        retry(failure);
                      } else if (found.isPresent()) {
                        examine(with, found.get());
                      } else {
                        seekSession();
                      }
                    }));
  }

  private void admit(Session with, Place first) {
    if (with.state() == SessionState.LOST) {
      seekSession();
    } else if (with.remaining().isZero()) {
      proveThenAdmit(with, first);
    } else {
      phase = Phase.ADMITTED;
      QueueGrant grant = new QueueGrant(name, with, first);
      grant.watchOwnPlace();
      complete(Optional.of(grant), grant::release);
    }
  }

  private void proveThenAdmit(Session with, Place first) {
    with.prove()
        .whenComplete(
            (left, failure) ->
                inContext(
                    () -> {
                      if (phase != Phase.QUEUED) {
                        return;
                      }
                      if (failure == null) {
                        admit(with, first);
                      } else if (unwrap(failure) instanceof UnavailableException) {
                        later(() -> admit(with, first));
                      } else {
                        retry(failure);
                      }
                    }));
  }

  /** After a failure that left no place behind. */
  private void retry(Throwable failure) {
    Throwable cause = unwrap(failure);
    if (phase == Phase.GIVEN_UP) {
      return;
    }
    if (cause instanceof SessionLostException) {
      again();
    } else if (cause instanceof UnavailableException && patience == Patience.WAIT) {
      phase = Phase.SEEKING_SESSION;
      later(this::seekSession);
    } else {
      fail(cause);
    }
  }

  /** In the next session; with a pause if this one does not know yet that it is over. */
  private void again() {
    Session with = session;
    phase = Phase.SEEKING_SESSION;
    if (with == null || with.state() == SessionState.LOST) {
      seekSession();
    } else {
      later(this::seekSession);
    }
  }

  private void later(Runnable next) {
    long most = pause.toNanos();
    long jittered = context.random().nextLong(most / 2, most + 1);
    pause =
        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    context.schedule(
        Duration.ofNanos(jittered),
        () -> {
          if (phase != Phase.GIVEN_UP) {
            next.run();
          }
        });
  }

  private void giveUp() {
    if (phase == Phase.GIVEN_UP) {
      return;
    }
    Phase before = phase;
    phase = Phase.GIVEN_UP;
    nextSession.cancel(false);
    predecessor.cancel(false);
    Session with = session;
    Place taken = place;
    if (before == Phase.QUEUED && with != null && taken != null) {
      with.leave(List.of(taken));
    }
  }

  private void end(Optional<LockGrant> result) {
    phase = Phase.GIVEN_UP;
    complete(result, () -> {});
  }

  private void fail(@Nullable Throwable failure) {
    phase = Phase.GIVEN_UP;
    Throwable cause =
        failure == null ? new UnavailableException("no session, and no reason given") : failure;
    Throwable unwrapped = unwrap(cause);
    completion.execute(() -> outcome.completeExceptionally(unwrapped));
  }

  private void complete(Optional<LockGrant> result, Runnable ifTooLate) {
    completion.execute(
        () -> {
          if (!outcome.complete(result)) {
            ifTooLate.run();
          }
        });
  }

  /** Futures of a session and of a coordinator complete in the context: no need to go there. */
  private static void inContext(Runnable step) {
    step.run();
  }

  private static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
