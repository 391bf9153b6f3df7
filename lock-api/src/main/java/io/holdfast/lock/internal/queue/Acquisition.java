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
 * The lock recipe: one request for one or several locks, from the call to the grant.
 *
 * <p>It uses the same queue of ephemeral nodes as ZooKeeper's and etcd's own recipes. A client
 * joins the queue. If {@link Admission} admits its place, it holds the lock. Otherwise it waits for
 * the nearest places in its way, so a release wakes only the waiters that it may help. Additions to
 * that recipe:
 *
 * <ul>
 *   <li>Several locks are one join, in one step of the order: see {@link QueuePosition}.
 *   <li>The token is the revision at which the place was created. The queue is ordered by it, so a
 *       waiter's token is greater than the tokens of those it waits for.
 *   <li>The generation is part of the token, and a condition of the join: see {@link
 *       io.holdfast.admin.Generations}.
 *   <li>{@link QueueWait} is the wait, with the checks before it may end. If the session is lost
 *       meanwhile, the request queues again in the next one.
 *   <li>GIVEN_UP is a state of its own: if the reply to a join is still outstanding, the place is
 *       left as soon as the reply arrives.
 * </ul>
 *
 * <pre>
 *   SEEKING_SESSION --> LOOKING --> JOINING --> QUEUED --> ADMITTED
 *         ^                            |           |
 *         +------- session lost -------+-----------+        any --> GIVEN_UP
 * </pre>
 *
 * <p>Lives in the coordinator's context; only {@link #outcome} is visible from outside. The first
 * to complete it, grant or cancellation, wins.
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

  /**
   * How long a {@code tryAcquire} waits for another process to give up a place that it keeps
   * without holding it.
   */
  private static final Duration MOMENT = Duration.ofMillis(250);

  private final List<LockClaim> claims;
  private final Coordinator coordinator;
  private final Context context;
  private final WaitForm form;
  private final OwnerDetails details;
  private final LockEvents report;
  private final CompletableFuture<QueueGrant> outcome = new CompletableFuture<>();

  /** This and all fields below are used in the context only. */
  private int failures;

  private Phase phase = Phase.SEEKING_SESSION;

  /** The same as {@link #form}, unless a {@code tryAcquire} waits for a moment in the queue. */
  private WaitForm inQueue;

  private @Nullable Session session;

  /** The generation under which the places were taken. */
  private Generation generation = new Generation(0);

  /**
   * Whether it has been in the queue: if so, a later join is not refused for the queue's length.
   */
  private boolean letIn;

  private @Nullable QueueWait queueWait;
  private List<Integer> aheadAtJoin = List.of();
  private CompletableFuture<Session> nextSession = new CompletableFuture<>();

  /**
   * A request that {@link #start} begins.
   *
   * @param claims one or more, each lock at most once in each mode; no other mode of a lock before
   *     its write mode
   * @param details what an inspection of the queues shows
   * @param report tells the listeners
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
   * A request of the present thread, begun as by {@link #start()}.
   *
   * @param told the claims that listeners hear of
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
   * @return completes in the context, or where {@link io.holdfast.spi.Callbacks} run if no thread
   *     waits for it; fails with {@link NotFreeException} if it is a {@code tryAcquire} and others
   *     are in the way. Cancelling it gives up the request
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
   * Reads first, so that a {@code tryAcquire} of a taken lock, or a full queue, costs the cluster
   * no write. A read from any server is enough to join. A refusal needs a read from the leader:
   * another server may not have heard yet of a release that the caller knows of.
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
   * Another process may keep the place without holding it, and gives it up once it sees a rival. So
   * a {@code tryAcquire} then waits for that, for a moment.
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

  /**
   * Joins on the condition that the generation is still {@code current}, because the place keeps
   * it.
   */
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
   * True for an outage. False for a full store: it needs an operator, and a wait for that would
   * look like a queue.
   */
  public static boolean passesByItself(Throwable cause) {
    return cause instanceof UnavailableException && !(cause instanceof StoreFullException);
  }

  /**
   * Begins again in the next session; pauses first if this session does not know yet that it is
   * over.
   */
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

  /** Fails the request: it may wait for a timer, and no timer runs any more. */
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
   * Runs {@code step} if the phase is still {@code expected}. Futures of a session and of a
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
