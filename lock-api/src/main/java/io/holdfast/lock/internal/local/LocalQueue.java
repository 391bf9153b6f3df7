package io.holdfast.lock.internal.local;

import io.holdfast.admin.LocalQueueMember;
import io.holdfast.coordination.CoordinationEvent.WaitEnding;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.LossReason;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.QueueFullException;
import io.holdfast.lock.internal.queue.Acquirer;
import io.holdfast.lock.internal.queue.Acquisition;
import io.holdfast.lock.internal.queue.Acquisition.Patience;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.LockEvents;
import io.holdfast.lock.internal.queue.OwnerDetails;
import io.holdfast.lock.internal.queue.OwnerDetails.Caller;
import io.holdfast.lock.internal.queue.QueueGrant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Those in this process who want one lock, in the order in which they came, sharing one place in
 * the cluster's queue. This is the cohort lock of Dice, Marathe and Shavit ("Lock Cohorting", PPoPP
 * 2012) with a process for a cohort.
 *
 * <pre>
 *            somebody wants it            admitted               released, nobody waits, kept
 *   EMPTY ----------------------> SEEKING --------> HELD --------------------------------> RETAINED
 *     ^                            |  ^             |  ^ |  ^                               |  |
 *     +----- all have given up ----+  |             |  +-+  +------- wanted again ----------+  |
 *     |                               |             |  handed on                               |
 *     |                               +-------------+                                          |
 *     |                     enough hand-overs, or lost, others wait                            |
 *     +------------------- released or lost, nobody waits ------- rival, idle, or lost --------+
 * </pre>
 *
 * <p><b>Safety.</b> The place is one hold to the cluster, and of those who use it only one at a
 * time does. It is handed on, and taken out of retention, only while it is provably held. Each hold
 * of it has a token of its own: the place's, with the count of its holds so far.
 *
 * <p><b>Fairness.</b> Here: first come, first served. Towards others: a place is handed on within
 * the bounds of {@link LockConfig}; then it is given up, and those left queue for another, behind
 * all who wait elsewhere.
 */
public final class LocalQueue {

  private enum State {
    EMPTY,
    SEEKING,
    HELD,
    RETAINED
  }

  /** A search for a place. */
  private static final class Seek {
    private final Patience patience;

    /** Whose limits it goes by. */
    private final LocalWait first;

    private @Nullable CompletableFuture<Optional<QueueGrant>> outcome;

    Seek(Patience patience, LocalWait first) {
      this.patience = patience;
      this.first = first;
    }

    /** True if a failure of it is one of {@code wait}, too. */
    boolean concerns(LocalWait wait, Throwable failure) {
      return failure instanceof QueueFullException
          ? wait == first
          : patience == Patience.WAIT || wait.isTry();
    }
  }

  /**
   * Methods that need the lock on this give back what is to be done once it is let go, because that
   * may run foreign code.
   */
  private static void nothing() {}

  private final Coordinator coordinator;

  /** Tells its places from all others, also of other processes. */
  private final String id = UUID.randomUUID().toString();

  /** All below: guarded by this. */
  private State state = State.EMPTY;

  private final Set<LocalWait> waits = new LinkedHashSet<>();

  /** While SEEKING. */
  private @Nullable Seek seek;

  /** While HELD or RETAINED. */
  private @Nullable SharedPlace sharedPlace;

  /** While HELD. */
  private @Nullable LocalGrant holder;

  LocalQueue(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  /** Wants the lock; as {@link Acquirer.Start#begin}. */
  public CompletableFuture<Optional<LocalGrant>> begin(
      LocalUse use, Patience patience, Caller caller, Executor completion) {
    LockEvents report = new LockEvents(List.of(use.claim()), coordinator);
    LocalWait wait;
    Runnable then;
    synchronized (this) {
      SharedPlace kept = sharedPlace;
      if (state == State.RETAINED && kept != null && kept.mayBeTaken()) {
        report.waitEnded(WaitEnding.ACQUIRED, List.of());
        Thread holder = Thread.currentThread();
        return CompletableFuture.completedFuture(
            Optional.of(
                hold(
                    kept.takenUp(),
                    use,
                    report,
                    () -> use.ownerDetails().describe(caller, holder))));
      }
      if (patience == Patience.NO_WAIT && (state == State.HELD || state == State.SEEKING)) {
        return CompletableFuture.completedFuture(Optional.empty());
      }
      wait = new LocalWait(this, use, patience, caller, report, completion);
      waits.add(wait);
      if (state == State.EMPTY) {
        then = seek(patience);
      } else if (state == State.RETAINED) {
        then = both(giveUpPlace(), seek(patience));
      } else {
        then = LocalQueue::nothing;
      }
    }
    then.run();
    return wait;
  }

  /** To be called under the lock. */
  private LocalGrant hold(
      SharedPlace with, LocalUse use, LockEvents report, Supplier<OwnerDetails.Description> who) {
    state = State.HELD;
    LocalGrant grant = new LocalGrant(this, use, report, with.place(), with.nextToken(), who);
    report.holdBegins();
    grant.bound(coordinator.context());
    holder = grant;
    return grant;
  }

  /** To be called under the lock, with somebody waiting. */
  private Runnable seek(Patience patience) {
    return seek(patience, LocalUse::claimOfPlace);
  }

  /** To be called under the lock, with somebody waiting. */
  private Runnable seek(Patience patience, Function<LocalUse, LockClaim> claim) {
    state = State.SEEKING;
    LocalWait first = waits.iterator().next();
    Seek fresh = new Seek(patience, first);
    seek = fresh;
    return () -> {
      CompletableFuture<Optional<QueueGrant>> outcome =
          new Acquisition(
                  List.of(claim.apply(first.use())),
                  coordinator,
                  patience,
                  first.description().sharedBy(id, first.use().config()),
                  LockEvents.silent(coordinator),
                  Runnable::run)
              .start();
      synchronized (this) {
        fresh.outcome = outcome;
      }
      outcome.whenComplete(
          (found, failure) -> {
            if (failure == null) {
              found(fresh, found);
            } else {
              failed(fresh, failure);
            }
          });
      if (isStale(fresh)) {
        outcome.cancel(false);
      }
    };
  }

  private synchronized boolean isStale(Seek before) {
    return seek != before;
  }

  private void found(Seek which, Optional<QueueGrant> found) {
    Runnable then;
    synchronized (this) {
      if (seek != which) {
        then = () -> found.ifPresent(QueueGrant::release);
      } else if (found.isEmpty()) {
        then = notFree();
      } else {
        then = admitted(found.get(), !which.first.use().config().retention().isZero());
      }
    }
    then.run();
  }

  /** To be called under the lock. */
  private Runnable admitted(QueueGrant place, boolean mayKeep) {
    seek = null;
    SharedPlace fresh = new SharedPlace(place, mayKeep, coordinator.context());
    sharedPlace = fresh;
    Runnable told = () -> place.lostHere().thenAccept(reason -> placeLost(fresh, reason));
    return both(told, handOn(fresh));
  }

  /** To be called under the lock, with somebody waiting. */
  private Runnable handOn(SharedPlace with) {
    LocalWait next = waits.iterator().next();
    waits.remove(next);
    LocalGrant grant = hold(with, next.use(), next.report(), next::description);
    return () -> next.give(grant);
  }

  /** The lock is taken, and whoever only tried is told so. To be called under the lock. */
  private Runnable notFree() {
    seek = null;
    List<LocalWait> tries = waits.stream().filter(LocalWait::isTry).toList();
    waits.removeAll(tries);
    return both(() -> tries.forEach(LocalWait::refuse), seekOrRest());
  }

  private void failed(Seek which, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    Runnable then;
    synchronized (this) {
      if (seek != which) {
        return;
      }
      seek = null;
      List<LocalWait> concerned =
          waits.stream().filter(wait -> which.concerns(wait, cause)).toList();
      waits.removeAll(concerned);
      then = both(() -> concerned.forEach(wait -> wait.fail(cause)), seekOrRest());
    }
    then.run();
  }

  /** Goes on for those who wait. To be called under the lock, without a place. */
  private Runnable seekOrRest() {
    boolean hadPlace = sharedPlace != null;
    holder = null;
    sharedPlace = null;
    if (waits.isEmpty()) {
      state = State.EMPTY;
      return LocalQueue::nothing;
    }
    return seek(Patience.WAIT, hadPlace ? LocalUse::claimOfPlaceAgain : LocalUse::claimOfPlace);
  }

  /**
   * Those who share the place, in their order: the first holds it, or is the one for whom it waits
   * in the cluster's queue.
   */
  public synchronized List<LocalQueueMember> members() {
    List<LocalQueueMember> members = new ArrayList<>();
    if (holder != null) {
      members.add(holder.member());
    }
    waits.forEach(wait -> members.add(wait.member()));
    return members;
  }

  /** What its places are marked with. */
  String id() {
    return id;
  }

  /** A wait was cancelled. */
  void gaveUp(LocalWait wait) {
    Runnable then = LocalQueue::nothing;
    synchronized (this) {
      waits.remove(wait);
      if (state == State.SEEKING && waits.isEmpty()) {
        Seek left = seek;
        seek = null;
        state = State.EMPTY;
        CompletableFuture<Optional<QueueGrant>> outcome = left == null ? null : left.outcome;
        if (outcome != null) {
          then = () -> outcome.cancel(false);
        }
      }
    }
    then.run();
  }

  /**
   * A hold has ended.
   *
   * @return completes when the next has it, or the place is kept, or the cluster knows that it is
   *     given up
   */
  CompletableFuture<Void> released(LocalGrant grant) {
    Runnable then;
    CompletableFuture<Void> left = new CompletableFuture<>();
    synchronized (this) {
      SharedPlace ended = sharedPlace;
      if (holder != grant || ended == null) {
        // The place was lost under it; what may be left of that goes.
        then = () -> grant.place().release().thenRun(() -> left.complete(null));
      } else if (!waits.isEmpty() && ended.mayBeHandedOn(grant.config())) {
        left.complete(null);
        then = handOn(ended);
      } else if (waits.isEmpty() && ended.mayBeKept(grant.config())) {
        left.complete(null);
        then = keep(ended, grant.config().retention());
      } else {
        then = both(() -> ended.end().thenRun(() -> left.complete(null)), seekOrRest());
      }
    }
    then.run();
    return left;
  }

  /**
   * Sees to it that nobody gets the place after a hold.
   *
   * @return false if that hold has ended already
   */
  synchronized boolean closePlaceOf(LocalGrant grant) {
    SharedPlace with = sharedPlace;
    if (holder != grant || with == null) {
      return false;
    }
    with.close();
    return true;
  }

  /** To be called under the lock. */
  private Runnable keep(SharedPlace unused, Duration retention) {
    state = State.RETAINED;
    holder = null;
    return unused.keep(retention) ? () -> unused.lookOut(this) : LocalQueue::nothing;
  }

  /** Somebody else queues behind the place. */
  void rivalSeen(SharedPlace before) {
    Runnable then = LocalQueue::nothing;
    synchronized (this) {
      before.contest();
      if (state == State.RETAINED && sharedPlace == before) {
        then = giveUpPlace();
      }
    }
    then.run();
  }

  /** Time has passed: gives the place up if it was not wanted for long enough. */
  void timePassed(SharedPlace kept) {
    Runnable then = LocalQueue::nothing;
    synchronized (this) {
      if (sharedPlace == kept) {
        Duration left = kept.retentionLeft();
        boolean idle = state == State.RETAINED && left.isZero();
        then = idle ? giveUpPlace() : kept.lookLater(left, this);
      }
    }
    then.run();
  }

  /** To be called under the lock, while RETAINED. */
  private Runnable giveUpPlace() {
    SharedPlace unused = sharedPlace;
    sharedPlace = null;
    state = State.EMPTY;
    return unused == null ? LocalQueue::nothing : unused::end;
  }

  private void placeLost(SharedPlace which, LossReason reason) {
    Runnable then;
    synchronized (this) {
      if (sharedPlace != which) {
        return;
      }
      LocalGrant victim = holder;
      // A holder still has to see that it lost the place, so the release is left to it.
      Runnable part =
          victim == null ? which::end : both(which::stopLooking, () -> victim.placeLost(reason));
      then = both(part, seekOrRest());
    }
    then.run();
  }

  private static Runnable both(Runnable first, Runnable second) {
    return () -> {
      first.run();
      second.run();
    };
  }
}
