package io.holdfast.curator;

import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockLostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.curator.framework.recipes.locks.InterProcessLock;
import org.jspecify.annotations.Nullable;

/**
 * A mutex across processes for code written for Curator's {@code InterProcessMutex}: owned by a
 * thread, reentrant, first come first served. Made by {@link CuratorLocks#mutex}.
 *
 * <p>Three things differ, all for the better. A hold has a {@link #token} for the resource that it
 * guards. A lock that is lost says so: {@link #isAcquiredInThisProcess} turns false, and acquiring
 * again and {@link #release} throw {@link LockLostException}, where Curator's mutex goes on as if
 * it were held. And a caller that gives up leaves nothing in the queue, whatever happens to its
 * request.
 */
public final class FencedMutex implements InterProcessLock {

  private final DistributedLock lock;

  /** Counts the entries of the thread that has it; its threads take turns here. */
  private final ReentrantLock thread = new ReentrantLock(true);

  /** Written by the thread that has {@link #thread}. */
  private volatile @Nullable LockGrant grant;

  FencedMutex(DistributedLock lock) {
    this.lock = lock;
  }

  /**
   * Waits for its turn, without a time limit; an outage of the cluster does not end the wait.
   *
   * @throws InterruptedException if interrupted
   * @throws LockLostException if this thread had the lock and has lost it
   */
  @Override
  public void acquire() throws InterruptedException {
    thread.lockInterruptibly();
    boolean entered = false;
    try {
      if (thread.getHoldCount() == 1) {
        grant = lock.acquire();
      } else {
        held().ensureHeld();
      }
      entered = true;
    } finally {
      if (!entered) {
        thread.unlock();
      }
    }
  }

  /**
   * As {@link #acquire()}, for {@code time} at most.
   *
   * @return false if the time passed first
   */
  @Override
  public boolean acquire(long time, TimeUnit unit) throws InterruptedException {
    long end = System.nanoTime() + unit.toNanos(Math.max(0, time));
    if (!thread.tryLock(Math.max(0, time), unit)) {
      return false;
    }
    boolean entered = false;
    try {
      if (thread.getHoldCount() == 1) {
        Optional<LockGrant> given = lock.tryAcquire(Duration.ofNanos(end - System.nanoTime()));
        grant = given.orElse(null);
        entered = given.isPresent();
      } else {
        held().ensureHeld();
        entered = true;
      }
      return entered;
    } finally {
      if (!entered) {
        thread.unlock();
      }
    }
  }

  private LockGrant held() {
    LockGrant mine = grant;
    if (mine == null || !thread.isHeldByCurrentThread()) {
      throw new IllegalMonitorStateException(
          "thread " + Thread.currentThread().getName() + " has not acquired " + lock.name());
    }
    return mine;
  }

  /**
   * Releases once; the last release of the thread frees the lock and waits until the cluster knows,
   * for the session time-out at most.
   *
   * @throws IllegalMonitorStateException if this thread has not acquired it
   * @throws LockLostException if the lock was lost meanwhile, and what was done under it may have
   *     mixed with another holder's work. The release counts all the same
   */
  @Override
  public void release() {
    LockGrant mine = held();
    boolean lost = !mine.isHeld();
    try {
      if (thread.getHoldCount() == 1) {
        grant = null;
        mine.close();
      }
    } finally {
      thread.unlock();
    }
    if (lost) {
      throw LockLostException.notHeld(mine);
    }
  }

  /**
   * True while a thread of this process has acquired it through this object, and no other process
   * can have the lock; see {@link LockGrant#isHeld}.
   */
  @Override
  public boolean isAcquiredInThisProcess() {
    LockGrant now = grant;
    return now != null && now.isHeld();
  }

  /** True if this thread has acquired it and not released it, whether it is lost or not. */
  public boolean isOwnedByCurrentThread() {
    return thread.isHeldByCurrentThread();
  }

  /**
   * The fencing token of this thread's hold; it goes with every write that the lock guards.
   *
   * @throws IllegalMonitorStateException if this thread has not acquired the lock
   */
  public FencingToken token() {
    return held().token();
  }

  /** The hold of this thread, for {@link LockGrant#guard} and {@link LockGrant#lost}. */
  public LockGrant grant() {
    return held();
  }

  @Override
  public String toString() {
    return "mutex of " + lock.name();
  }
}
