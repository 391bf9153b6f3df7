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
 * A distributed lock for code written for {@link java.util.concurrent.locks.ReentrantLock}: owned
 * by a thread, reentrant. All views of one lock, made through one {@link
 * io.holdfast.coordination.Coordinator}, are one lock: a thread that holds it through one view
 * holds it through all.
 *
 * <p>Unlike a lock within one process, this one can be lost. Then {@link #isHeldByThread} turns
 * false, and locking again and {@link #unlock} throw {@link LockLostException}; the thread must
 * still unlock as often as it has locked. Both rely on proof, not on the last message: while the
 * hold is not proven they ask the cluster, for a session time-out at most, and if they get no
 * answer the lock counts as lost. A lost lock is never acquired again for the thread: {@link
 * #token} stays the same through every re-entry.
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
   * @param way what it is acquired through
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

  /** The key under which a thread re-enters. Holding one permit does not count as holding two. */
  private static Key reentered(LockClaim claim) {
    return claim.mode().kind() == LockMode.Kind.PERMITS
        ? claim.queue().child(claim.mode().text())
        : claim.queue();
  }

  /**
   * Waits for its turn. An interrupt does not end the wait, but costs the place in the queue: the
   * wait goes on at the end of the queue.
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
          "this thread holds "
              + lock.name()
              + " for reading and cannot write under it: two readers who both tried would wait for"
              + " each other; unlock, lock for writing, and read again");
    } else {
      reenter(mine);
    }
  }

  /**
   * Locks if that is possible now; costs a round trip at most, which an interrupt does not end.
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

  /**
   * As {@link #tryLock()}, but waits for {@code time} at most. Returns false at once if waiting
   * cannot help.
   */
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
   * Unlocks once; the last unlock releases the lock. A writer that has also locked for reading goes
   * on as a reader.
   *
   * @throws IllegalMonitorStateException if this thread has not locked
   * @throws LockLostException if the lock was lost meanwhile: writes made under it may have been
   *     refused, or may have mixed with another holder's. The unlock counts all the same
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

  /**
   * True while this thread holds the lock and no other process can; see {@link LockGrant#isHeld}.
   */
  public boolean isHeldByThread() {
    Tenure mine = tenures.mine(queue);
    return mine != null && mine.count(side) > 0 && mine.grant().isHeld();
  }

  /** How many locks of this thread have no unlock yet, whether the lock is lost or not. */
  public int holdCount() {
    Tenure mine = tenures.mine(queue);
    return mine == null ? 0 : mine.count(side);
  }

  @Override
  public String toString() {
    return "thread lock of " + lock.name();
  }
}
