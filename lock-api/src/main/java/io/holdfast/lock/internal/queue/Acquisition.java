package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.CoordinationEvent.WaitEnding;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.StoreFullException;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockName;
import io.holdfast.lock.QueueFullException;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One wish for one or several locks, from the call to the grant: the lock recipe.
 *
 * <p>It is the queue of ephemeral nodes that ZooKeeper's and etcd's own recipes use: join the
 * queue; whoever {@link Admission} lets pass holds the lock; everyone else waits for those just
 * ahead who are in the way, so that a release wakes those whom it may help and not all. What is
 * added:
 *
 * <ul>
 *   <li>Several locks are one join, in one step of the order: see {@link QueuePosition}.
 *   <li>The token is the revision at which the place was created. The queue is ordered by it, so
 *       the token of whoever has to wait for another is greater.
 *   <li>The generation is part of the token, and a condition of the join: see {@link
 *       io.holdfast.admin.Generations}.
 *   <li>The wait itself, and what has to be seen to before it may end, is a {@link QueueWait}. Who
 *       loses the session meanwhile queues again in the next.
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
public final class Acquisition implements QueueWait.Ending {

  private enum Phase {
    SEEKING_SESSION,
    LOOKING,
    JOINING,
    QUEUED,
    ADMITTED,
    GIVEN_UP
  }

  /** For how long one who only tries waits for another to let go of what it does not hold. */
  private static final Duration MOMENT = Duration.ofMillis(250);

  private final List<LockClaim> claims;
  private final Coordinator coordinator;
  private final Context context;
  private final WaitForm form;
  private final OwnerDetails details;
  private final LockEvents report;
  private final CompletableFuture<QueueGrant> outcome = new CompletableFuture<>();

  /** All below: used in the context only. */
  private int failures;

  private Phase phase = Phase.SEEKING_SESSION;

  /** The same as {@link #form}, unless a try waits for a moment in the queue. */
  private WaitForm inQueue;

  private @Nullable Session session;

  /** The one that the places were taken under. */
  private Generation generation = new Generation(0);

  /**
   * Whether it has been in the queue: who was let in is not refused for the queue's length later.
   */
  private boolean letIn;

  private @Nullable QueueWait queueWait;
  private List<Integer> aheadAtJoin = List.of();
  private CompletableFuture<Session> nextSession = new CompletableFuture<>();

  /**
   * A wish that {@link #start} sets going.
   *
   * @param claims one or more, each lock at most once in each mode; no other mode of a lock before
   *     its write mode
   * @param details what to tell those who inspect the queues
   * @param report what to tell those who listen
   */
  public Acquisition(
      List<LockClaim> claims,
      Coordinator coordinator,
      WaitForm form,
      OwnerDetails details,
      LockEvents report) {
    this.claims = List.copyOf(claims);
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.form = form;
    this.inQueue = form;
    this.details = details;
    this.report = report;
  }

  /**
   * A wish of the present thread, as {@link #start()}.
   *
   * @param told the claims that listeners are told of
   */
  public static CompletableFuture<QueueGrant> start(
      List<LockClaim> claims, List<LockClaim> told, Coordinator coordinator, WaitForm form) {
    OwnerDetails details = OwnerDetails.of(told.get(0), form);
    return new Acquisition(claims, coordinator, form, details, new LockEvents(told, coordinator))
        .start();
  }

  /**
   * Begins.
   *
   * @return completes in the context, or where {@link io.holdfast.spi.Callbacks} run if nobody
   *     waits for it; fails with {@link NotFreeException} if it is but a try and others were in the
   *     way. Cancelling it gives up
   */
  public CompletableFuture<QueueGrant> start() {
    Runnable stop = coordinator.onClose(this::coordinatorClosed);
    outcome.whenComplete(
        (grant, failure) -> {
          stop.run();
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
    nextSession = coordinator.session();
    nextSession.whenComplete(
        (found, failure) -> inPhase(Phase.SEEKING_SESSION, () -> sessionFound(found, failure)));
  }

  private void sessionFound(@Nullable Session found, @Nullable Throwable failure) {
    if (found == null) {
      fail(failure);
      return;
    }
    session = found;
    if (form == WaitForm.TRY || boundsQueue()) {
      look(found, Consistency.SEQUENTIAL);
    } else {
      join(found);
    }
  }

  private boolean boundsQueue() {
    return !letIn && claims.stream().anyMatch(claim -> claim.boundsQueue());
  }

  /**
   * A read first, so that a try at a taken lock, or a full queue, costs the cluster no write. Any
   * server's word will do to join. To be refused takes the leader's: another may not have heard yet
   * of a release that the caller knows of.
   */
  private void look(Session with, Consistency consistency) {
    phase = Phase.LOOKING;
    QueuePreview.of(with, claims, consistency)
        .whenComplete(
            (queuePreview, failure) ->
                inPhase(
                    Phase.LOOKING,
                    () -> {
                      if (failure != null) {
                        retry(failure);
                      } else if (queuePreview.free()) {
                        join(with);
                      } else if (consistency == Consistency.SEQUENTIAL) {
                        look(with, Consistency.LINEARIZABLE);
                      } else if (form == WaitForm.TRY && queuePreview.oneEach()) {
                        lookWhetherKept(with);
                      } else if (form == WaitForm.TRY) {
                        fail(new NotFreeException());
                      } else {
                        queuePreview.refusal().ifPresentOrElse(this::fail, () -> join(with));
                      }
                    }));
  }

  /**
   * Another process may keep the place without holding it, and give way once it sees a rival: then
   * to try is to wait for that, for a moment.
   */
  private void lookWhetherKept(Session with) {
    QueuePreview.areOnlyKept(with, claims)
        .whenComplete(
            (kept, failure) ->
                inPhase(
                    Phase.LOOKING,
                    () -> {
                      if (failure != null) {
                        retry(failure);
                      } else if (kept) {
                        inQueue = WaitForm.BLOCK;
                        context.schedule(MOMENT, this::momentPassed);
                        join(with);
                      } else {
                        fail(new NotFreeException());
                      }
                    }));
  }

  private void momentPassed() {
    if (phase != Phase.GIVEN_UP && phase != Phase.ADMITTED) {
      stopWaiting();
      fail(new NotFreeException());
    }
  }

  private void join(Session with) {
    phase = Phase.JOINING;
    coordinator
        .generation(with)
        .whenComplete(
            (current, failure) ->
                inPhase(
                    Phase.JOINING,
                    () -> {
                      if (failure != null) {
                        retry(failure);
                      } else {
                        generation = current;
                        joinUnder(current, with);
                      }
                    }));
  }

  /** On the condition that the generation is still that one: it is to be the place's for good. */
  private void joinUnder(Generation current, Session with) {
    Payload owner = details.of(coordinator.options().owner(), with, current).encode();
    List<Claim> wanted = claims.stream().map(LockClaim::claim).toList();
    with.join(wanted, List.of(current.key()), owner)
        .whenComplete(
            (places, failure) ->
                context.execute(
                    () -> {
                      if (failure != null) {
                        retry(failure);
                      } else {
                        joined(new QueuePosition(with, places));
                      }
                    }));
  }

  private void joined(QueuePosition taken) {
    if (phase == Phase.GIVEN_UP) {
      taken.leave();
      return;
    }
    phase = Phase.QUEUED;
    failures = 0;
    aheadAtJoin =
        taken.places().stream().map(Place::countAhead).collect(Collectors.toUnmodifiableList());
    Optional<QueueFullException> refusal =
        letIn || taken.inTheWay().isEmpty() ? Optional.empty() : refusal(taken);
    if (refusal.isPresent() && form != WaitForm.TRY) {
      taken.leave();
      fail(refusal.get());
    } else {
      letIn = true;
      queueWait = new QueueWait(taken, claims, inQueue, coordinator, this);
      queueWait.begin();
    }
  }

  private Optional<QueueFullException> refusal(QueuePosition taken) {
    for (int i = 0; i < claims.size(); i++) {
      Optional<QueueFullException> refusal =
          QueuePreview.refusal(claims.get(i), taken.places().get(i).countAhead());
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  @Override
  public void admitted(QueuePosition holding) {
    phase = Phase.ADMITTED;
    FencingToken token = FencingToken.of(generation, holding.places().get(0).created());
    QueueGrant grant =
        new QueueGrant(names(), holding.withoutOthers(), token, LockClaim.closing(claims));
    grant.watchOwnPlaces();
    report.waitEnded(WaitEnding.ACQUIRED, aheadAtJoin);
    report.follow(grant);
    claims.forEach(claim -> grant.bound(claim));
    complete(
        () -> {
          if (!outcome.complete(grant)) {
            grant.release();
          }
        });
  }

  @Override
  public void queueAgain() {
    seekSession();
  }

  @Override
  public void failed(Throwable cause) {
    retry(cause);
  }

  /** After a failure that left no place behind. */
  private void retry(Throwable failure) {
    Throwable cause = unwrap(failure);
    if (phase == Phase.GIVEN_UP) {
      return;
    }
    if (cause instanceof SessionLostException) {
      again();
    } else if (cause instanceof GuardFailedException) {
      coordinator.generationOutdated();
      phase = Phase.SEEKING_SESSION;
      later(this::seekSession);
    } else if (passesByItself(cause) && form != WaitForm.TRY) {
      phase = Phase.SEEKING_SESSION;
      later(this::seekSession);
    } else {
      fail(cause);
    }
  }

  /**
   * An outage does; a full store waits for an operator, and to wait for it would look like a queue.
   */
  public static boolean passesByItself(Throwable cause) {
    return cause instanceof UnavailableException && !(cause instanceof StoreFullException);
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
    context.schedule(
        Backoff.pause(failures++, context.random()),
        () -> {
          if (phase != Phase.GIVEN_UP) {
            next.run();
          }
        });
  }

  private void giveUp() {
    if (phase != Phase.GIVEN_UP) {
      stopWaiting();
      report.waitEnded(WaitEnding.GIVEN_UP, aheadAtJoin);
    }
  }

  /** What it waits for may be a timer, and none runs any more. */
  private void coordinatorClosed() {
    if (phase != Phase.GIVEN_UP && phase != Phase.ADMITTED) {
      stopWaiting();
      fail(new UnavailableException("the coordinator was closed while waiting for " + names()));
    }
  }

  private void stopWaiting() {
    Phase before = phase;
    phase = Phase.GIVEN_UP;
    nextSession.cancel(false);
    if (before == Phase.QUEUED && queueWait != null) {
      queueWait.giveUp();
    }
  }

  private List<LockName> names() {
    return claims.stream().map(LockClaim::name).distinct().toList();
  }

  private void fail(@Nullable Throwable failure) {
    phase = Phase.GIVEN_UP;
    Throwable cause =
        failure == null
            ? new UnavailableException("no session, and no reason given")
            : unwrap(failure);
    report.waitFailed(cause, aheadAtJoin);
    complete(() -> outcome.completeExceptionally(cause));
  }

  private void complete(Runnable completion) {
    if (form == WaitForm.ASYNC) {
      context.callbacks().execute(completion);
    } else {
      completion.run();
    }
  }

  /**
   * Goes on, unless things have taken another turn meanwhile. Futures of a session and of a
   * coordinator complete in the context: there is no need to go there.
   */
  private void inPhase(Phase expected, Runnable step) {
    if (phase == expected) {
      try {
        step.run();
      } catch (RuntimeException e) {
        stopWaiting();
        fail(e);
      }
    }
  }

  public static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
