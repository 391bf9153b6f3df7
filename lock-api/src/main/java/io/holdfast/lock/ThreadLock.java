package io.holdfast.lock;

import io.holdfast.coordination.Key;
import io.holdfast.lock.ThreadHolds.Side;
import io.holdfast.lock.ThreadHolds.Tenure;
import io.holdfast.lock.internal.queue.GrantHandle;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.LockMode;
import io.holdfast.lock.internal.queue.ModeLock;
import io.holdfast.lock.internal.queue.QueueGrant;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A distributed lock as code written for {@link java.util.concurrent.locks.ReentrantLock} wants it:
 * owned by a thread, reentrant. It is the thread that owns it, whichever view it has entered by:
 * all views of one lock, made through one {@link io.holdfast.coordination.Coordinator}, are one
 * lock.
 *
 * <p>What a lock in one process cannot do, this one can: be lost. Then {@link #isHeldByThread}
 * turns false, and entering again and {@link #unlock} throw {@link LockLostException}; the thread
 * still has to unlock as often as it has locked. Both go by proof, not by what was heard last:
 * while the hold is not proven they ask the cluster, for a session time-out at most, and if that
 * cannot say, the lock counts as lost. It is never acquired again behind its back: {@link #token}
 * stays what it was through every re-entry.
 */
public final class ThreadLock implements Lock {

  private static final Key UNSHARED = Key.of("unshared");

  private final DistributedLock lock;
  private final Acquirable<? extends LockGrant> way;
  private final Side side;
  private final ThreadHolds tenures;
  private final Key queue;

  /**
   * A view of {@code lock}.
   *
   * @param way how it is acquired
   */
  ThreadLock(DistributedLock lock, Acquirable<? extends LockGrant> way, Side side) {
    this.lock = lock;
    this.way = way;
    this.side = side;
    this.tenures = ThreadHolds.of(lock);
    this.queue = lock instanceof ModeLock<?, ?> ours ? reentered(ours.claim()) : UNSHARED;
  }

  /** A view of {@code lock}. */
  public static ThreadLock of(DistributedLock lock) {
    boolean reads =
        lock instanceof ModeLock<?, ?> ours && ours.claim().mode().equals(LockMode.READ);
    return new ThreadLock(lock, lock, reads ? Side.READ : Side.WRITE);
  }

  /** What counts as one lock to a thread. Who has one permit does not have two. */
  private static Key reentered(LockClaim claim) {
    return claim.mode().kind() == LockMode.Kind.PERMITS
        ? claim.queue().child(claim.mode().text())
        : claim.queue();
  }

  /**
   * Waits its turn. An interrupt does not end the wait, but costs the place in the queue: it goes
   * on at the end.
   *
   * @throws LockLostException if this thread had the lock and has lost it
   * @throws IllegalStateException if this thread reads and wants to write
   */
  @Override
  public void lock() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          lockInterruptibly();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** As {@link #lock}, but an interrupt ends the wait. */
  @Override
  public void lockInterruptibly() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Tenure mine = tenures.mine(queue);
    if (mine == null) {
      tenures.begin(queue, way.acquire(), side);
    } else if (isForbidden(mine)) {
      throw new IllegalStateException(
          "this thread reads "
              + lock.name()
              + " and cannot turn to writing: another reader who tried the same would wait for it"
              + " and it for them; unlock, lock for writing, and look again");
    } else {
      reenter(mine);
    }
  }

  /**
   * Enters if that is possible now; a round trip at most, which an interrupt does not end.
   *
   * @return false also if this thread reads and wants to write
   * @throws LockLostException if this thread had the lock and has lost it
   * @throws io.holdfast.coordination.UnavailableException if the cluster does not answer
   */
  @Override
  public boolean tryLock() {
    Tenure mine = tenures.mine(queue);
    return mine == null ? begin(way.tryAcquire()) : reenterIfAllowed(mine);
  }

  /** As {@link #tryLock()}, waiting for a while; not if waiting is no use. */
  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Tenure mine = tenures.mine(queue);
    return mine == null
        ? begin(way.tryAcquire(Duration.ofNanos(Math.max(0, unit.toNanos(time)))))
        : reenterIfAllowed(mine);
  }

  private boolean begin(Optional<? extends LockGrant> grant) {
    grant.ifPresent(given -> tenures.begin(queue, given, side));
    return grant.isPresent();
  }

  private boolean isForbidden(Tenure mine) {
    return side == Side.WRITE && mine.isReader();
  }

  private boolean reenterIfAllowed(Tenure mine) {
    if (isForbidden(mine)) {
      return false;
    }
    reenter(mine);
    return true;
  }

  private void reenter(Tenure mine) {
    if (!mine.isHeld()) {
      throw lost(mine);
    }
    mine.enter(side);
  }

  /**
   * Leaves; the last time, gives the lock back. A writer that is a reader, too, goes on as that.
   *
   * @throws IllegalMonitorStateException if this thread has not entered
   * @throws LockLostException if the lock was lost meanwhile: what was done under it may have been
   *     refused, or has met another's. It has left all the same
   */
  @Override
  public void unlock() {
    Tenure mine = mine();
    boolean held = mine.isHeld();
    mine.leave(side);
    if (mine.isOver()) {
      tenures.end(queue);
      mine.grant().close();
    } else if (mine.isReader() && GrantHandle.itself(mine.grant()) instanceof QueueGrant writer) {
      writer.goOnAsReader();
    }
    if (!held) {
      throw lost(mine);
    }
  }

  private LockLostException lost(Tenure mine) {
    return new LockLostException(
        "lock "
            + lock.name()
            + " was lost under token "
            + mine.grant().token()
            + ", or cannot be proven to be held: "
            + mine.grant().state());
  }

  private Tenure mine() {
    Tenure mine = tenures.mine(queue);
    if (mine == null || mine.count(side) == 0) {
      throw new IllegalMonitorStateException(
          "thread " + Thread.currentThread().getName() + " has not locked " + lock.name());
    }
    return mine;
  }

  /**
   * There are no conditions across processes.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public Condition newCondition() {
    throw new UnsupportedOperationException(
        "a distributed lock has no conditions: keep what you wait for under a key and watch it"
            + " (Session.watch), or use a queue");
  }

  /**
   * The fencing token of this thread's hold.
   *
   * @throws IllegalMonitorStateException if it has none
   */
  public FencingToken token() {
    return mine().grant().token();
  }

  /** True while this thread has it and no other process can; see {@link LockGrant#isHeld}. */
  public boolean isHeldByThread() {
    Tenure mine = tenures.mine(queue);
    return mine != null && mine.count(side) > 0 && mine.grant().isHeld();
  }

  /** How often this thread has entered and not left, lost or not. */
  public int holdCount() {
    Tenure mine = tenures.mine(queue);
    return mine == null ? 0 : mine.count(side);
  }

  @Override
  public String toString() {
    return "thread lock of " + lock.name();
  }
}
