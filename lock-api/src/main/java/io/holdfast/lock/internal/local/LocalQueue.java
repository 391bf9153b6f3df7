package io.holdfast.lock.internal.local;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.LossReason;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.ModeLock;
import io.holdfast.lock.internal.queue.NotFreeException;
import io.holdfast.lock.internal.queue.QueueGrant;
import io.holdfast.lock.internal.queue.WaitForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Those in this process who want one lock, in the order in which they came, sharing one place in
 * the cluster's queue. This is the cohort lock of Dice, Marathe and Shavit ("Lock Cohorting", PPoPP
 * 2012) with a process for a cohort.
 *
 * <ul>
 *   <li>EMPTY: there is no place, and nobody wants one.
 *   <li>SEEKING: a place is sought for those who wait.
 *   <li>HELD: one in this process holds the lock by the place. Others may wait.
 *   <li>RETAINED: the place is kept. Nobody holds the lock, and nobody waits.
 * </ul>
 *
 * <pre>
 *   EMPTY     wanted                                     SEEKING
 *   SEEKING   admitted                                   HELD      by the first who waits
 *             failed, others wait                        SEEKING
 *             failed or given up, nobody waits           EMPTY
 *   HELD      released, others wait, within the bounds   HELD      by the next: handed over
 *             released or lost, others wait              SEEKING   another place
 *             released, nobody waits, retention          RETAINED
 *             released or lost, nobody waits             EMPTY
 *   RETAINED  wanted, provably held                      HELD
 *             wanted, but no longer good                 SEEKING   another place
 *             rival seen, idle for too long, or lost     EMPTY
 * </pre>
 *
 * <p>A transition is made under the lock on this. What follows from it may run other code, as all
 * that is given to the context may, so it is done with the lock let go: the old place is given up,
 * then a new one is sought, and those who waited are told.
 *
 * <p><b>Safety.</b> The place is one hold to the cluster, and of those who use it only one at a
 * time does. It is handed over, and taken out of retention, only while it is provably held. Each
 * hold of it has a token of its own: the place's, with the count of its holds so far.
 *
 * <p><b>Fairness.</b> Here: first come, first served. Towards others: a place is handed over within
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

  private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

  private final Coordinator coordinator;

  /** Tells its places from all others, also of other processes. */
  private final String id = UUID.randomUUID().toString();

  /** Guarded by this, as all below. */
  private State state = State.EMPTY;

  /** Unless EMPTY. */
  private @Nullable SharedPlace place;

  /** While HELD. */
  private @Nullable LocalGrant holder;

  /** While SEEKING or HELD, in the order in which they came. */
  private final Set<LocalWait> waits = new LinkedHashSet<>();

  LocalQueue(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  Coordinator coordinator() {
    return coordinator;
  }

  /** What its places are marked with. */
  String id() {
    return id;
  }

  /** Wants the lock, as a {@link ModeLock} does. */
  public CompletableFuture<LocalGrant> begin(LockClaim claim, WaitForm form) {
    LocalWait wait = new LocalWait(this, claim, form);
    LocalGrant retained;
    synchronized (this) {
      if (form == WaitForm.TRY && isTaken()) {
        return NotFreeException.outcome();
      }
      retained = takeRetained(wait);
    }
    if (retained != null) {
      retained.give();
      return wait;
    }
    wait.describe();
    SharedPlace unwanted;
    SharedPlace sought;
    synchronized (this) {
      if (form == WaitForm.TRY && isTaken()) {
        return NotFreeException.outcome();
      }
      waits.add(wait);
      if (isTaken()) {
        return wait;
      }
      unwanted = place;
      sought = seek(claim.withoutMaxHold());
    }
    follow(unwanted, sought);
    return wait;
  }

  /** The search has come to its end: false if nobody wants the place any more. */
  boolean admitted(SharedPlace found, QueueGrant inCluster) {
    LocalGrant first;
    synchronized (this) {
      if (place != found) {
        return false;
      }
      found.admitted(inCluster);
      first = handOver(found);
    }
    first.give();
    return true;
  }

  /** The search has failed. */
  void failed(SharedPlace sought, Throwable cause) {
    List<LocalWait> concerned;
    SharedPlace again;
    synchronized (this) {
      if (place != sought) {
        return;
      }
      concerned = waits.stream().filter(wait -> sought.failsFor(wait, cause)).toList();
      waits.removeAll(concerned);
      again = seekOrRest();
    }
    concerned.forEach(wait -> wait.fail(cause));
    follow(null, again);
  }

  /** A wait was cancelled. */
  void gaveUp(LocalWait wait) {
    SharedPlace unwanted;
    synchronized (this) {
      waits.remove(wait);
      if (state != State.SEEKING || !waits.isEmpty()) {
        return;
      }
      unwanted = place;
      transitionTo(State.EMPTY, null, null);
    }
    follow(unwanted, null);
  }

  /**
   * A hold has ended.
   *
   * @return completes when the next has it, or the place is kept, or the cluster knows that it is
   *     given up
   */
  CompletableFuture<Void> released(LocalGrant grant) {
    SharedPlace ended = grant.sharedPlace();
    Duration retention = grant.config().retention();
    boolean retained = false;
    LocalGrant next = null;
    SharedPlace again = null;
    synchronized (this) {
      if (holder == grant) {
        if (!waits.isEmpty() && ended.mayBeHandedOver(grant.config())) {
          next = handOver(ended);
        } else if (waits.isEmpty() && ended.mayBeRetained(retention)) {
          retained = true;
          ended.unusedFrom(retention);
          transitionTo(State.RETAINED, ended, null);
        } else {
          again = seekOrRest();
        }
      }
    }
    if (next != null) {
      next.give();
      return DONE;
    }
    if (retained) {
      ended.lookOut(retention);
      return DONE;
    }
    // Also if it was lost before: what may be left of it goes.
    CompletableFuture<Void> left = ended.end();
    follow(null, again);
    return left;
  }

  /** The place is lost. Its holder still has to see that, so the release is left to it. */
  void lost(SharedPlace gone, LossReason reason) {
    LocalGrant victim;
    SharedPlace again;
    synchronized (this) {
      if (place != gone) {
        return;
      }
      victim = holder;
      again = seekOrRest();
    }
    if (victim == null) {
      gone.end();
    } else {
      gone.stopLooking();
      victim.placeLost(reason);
    }
    follow(null, again);
  }

  /** Somebody else queues behind the place. */
  void rivalSeen(SharedPlace rivalled) {
    synchronized (this) {
      rivalled.contest();
      if (state != State.RETAINED || place != rivalled) {
        return;
      }
      transitionTo(State.EMPTY, null, null);
    }
    rivalled.end();
  }

  /** Time has passed: gives the place up if it was not wanted for long enough. */
  void timePassed(SharedPlace kept) {
    Duration next = null;
    synchronized (this) {
      if (place != kept) {
        return;
      }
      if (state == State.RETAINED && kept.isIdle()) {
        transitionTo(State.EMPTY, null, null);
      } else {
        next = kept.nextLook();
      }
    }
    if (next == null) {
      kept.end();
    } else {
      kept.lookAfter(next);
    }
  }

  /**
   * Sees to it that nobody gets the place after a hold.
   *
   * @return false if that hold has ended already
   */
  synchronized boolean closePlaceOf(LocalGrant grant) {
    if (holder != grant) {
      return false;
    }
    grant.sharedPlace().close();
    return true;
  }

  /**
   * Those who share the place, in their order: the first holds it, or is the one for whom it waits
   * in the cluster's queue.
   */
  public synchronized List<LocalMember> members() {
    List<LocalMember> members = new ArrayList<>();
    if (holder != null) {
      members.add(holder.member());
    }
    waits.forEach(wait -> members.add(wait.member()));
    return members;
  }

  // What follows is called under the lock, but for the last.

  private boolean isTaken() {
    return state == State.SEEKING || state == State.HELD;
  }

  private @Nullable LocalGrant takeRetained(LocalWait wait) {
    SharedPlace kept = place;
    if (state != State.RETAINED || kept == null || !kept.mayBeTaken()) {
      return null;
    }
    kept.takenUp();
    return hold(kept, wait);
  }

  private void transitionTo(State next, @Nullable SharedPlace with, @Nullable LocalGrant by) {
    state = next;
    place = with;
    holder = by;
  }

  private LocalGrant hold(SharedPlace with, LocalWait wait) {
    LocalGrant grant = new LocalGrant(this, with, wait);
    transitionTo(State.HELD, with, grant);
    return grant;
  }

  /** To the first of those who wait. */
  private LocalGrant handOver(SharedPlace with) {
    LocalWait next = waits.iterator().next();
    waits.remove(next);
    return hold(with, next);
  }

  /** A place for the first of those who wait. */
  private SharedPlace seek(LockClaim claim) {
    SharedPlace sought = new SharedPlace(this, claim, waits.iterator().next());
    transitionTo(State.SEEKING, sought, null);
    return sought;
  }

  /** Who waits behind a place that is given up has been let in, and need not be again. */
  private @Nullable SharedPlace seekOrRest() {
    if (waits.isEmpty()) {
      transitionTo(State.EMPTY, null, null);
      return null;
    }
    LockClaim claim = waits.iterator().next().claim().withoutMaxHold();
    return seek(state == State.SEEKING ? claim : claim.withoutMaxAhead());
  }

  private static void follow(@Nullable SharedPlace unwanted, @Nullable SharedPlace sought) {
    if (unwanted != null) {
      unwanted.end();
    }
    if (sought != null) {
      sought.start();
    }
  }
}
