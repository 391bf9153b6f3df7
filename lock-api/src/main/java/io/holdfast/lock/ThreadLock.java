package io.holdfast.lock;

import io.holdfast.lock.Tenures.Side;
import io.holdfast.lock.Tenures.Tenure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A distributed lock as code written for {@link java.util.concurrent.locks.ReentrantLock} wants it:
 * owned by a thread, reentrant. Threads share one view, as they would share one lock object; a
 * thread that enters through two views waits for itself.
 *
 * <p>What a lock in one process cannot do, this one can: be lost. Then {@link #isHeldByThread}
 * turns false, and entering again and {@link #unlock} throw {@link LockLostException}; the thread
 * still has to unlock as often as it has locked. It is never acquired again behind its back: {@link
 * #token} stays what it was through every re-entry.
 */
public final class ThreadLock implements Lock {

  private final DistributedLock lock;
  private final Side side;
  private final Tenures tenures;

  ThreadLock(DistributedLock lock, Side side, Tenures tenures) {
    this.lock = lock;
    this.side = side;
    this.tenures = tenures;
  }

  /** A view of {@code lock}. */
  public static ThreadLock of(DistributedLock lock) {
    return new ThreadLock(lock, Side.WRITE, new Tenures());
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
    if (!reenter()) {
      tenures.begin(lock.acquire(), side);
    }
  }

  @Override
  public boolean tryLock() {
    return reenter() || begin(lock.tryAcquire());
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return reenter() || begin(lock.tryAcquire(Duration.ofNanos(Math.max(0, unit.toNanos(time)))));
  }

  private boolean begin(Optional<LockGrant> grant) {
    grant.ifPresent(given -> tenures.begin(given, side));
    return grant.isPresent();
  }

  private boolean reenter() {
    Tenure mine = tenures.mine();
    if (mine == null) {
      return false;
    }
    if (side == Side.WRITE && mine.count(Side.WRITE) == 0) {
      throw new IllegalStateException(
          "this thread reads "
              + lock.name()
              + " and cannot turn to writing: another reader who tried the same would wait for it"
              + " and it for them; unlock, lock for writing, and look again");
    }
    if (mine.grant().state() == GrantState.LOST) {
      throw lost(mine);
    }
    mine.enter(side);
    return true;
  }

  /**
   * Leaves; the last time, gives the lock back.
   *
   * @throws IllegalMonitorStateException if this thread has not entered
   * @throws LockLostException if the lock was lost meanwhile: what was done under it may have been
   *     refused, or has met another's. It has left all the same
   */
  @Override
  public void unlock() {
    Tenure mine = mine();
    boolean lost = mine.grant().state() == GrantState.LOST;
    if (mine.leave(side)) {
      tenures.end();
      mine.grant().close();
    }
    if (lost) {
      throw lost(mine);
    }
  }

  private LockLostException lost(Tenure mine) {
    return new LockLostException(
        "lock " + lock.name() + " was lost under token " + mine.grant().token());
  }

  private Tenure mine() {
    Tenure mine = tenures.mine();
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

  /** True while this thread has it and no other process can; see {@link Hold#isHeld}. */
  public boolean isHeldByThread() {
    Tenure mine = tenures.mine();
    return mine != null && mine.count(side) > 0 && mine.grant().isHeld();
  }

  /** How often this thread has entered and not left, lost or not. */
  public int holdCount() {
    Tenure mine = tenures.mine();
    return mine == null ? 0 : mine.count(side);
  }

  @Override
  public String toString() {
    return "thread lock of " + lock.name();
  }
}
