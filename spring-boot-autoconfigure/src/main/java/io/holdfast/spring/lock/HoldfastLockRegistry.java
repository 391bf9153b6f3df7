package io.holdfast.spring.lock;

import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockLostException;
import io.holdfast.lock.LockName;
import io.holdfast.lock.Locks;
import io.holdfast.lock.ThreadLock;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.springframework.integration.support.locks.DistributedLock;
import org.springframework.integration.support.locks.ExpirableLockRegistry;

/**
 * The locks of Spring Integration (aggregators, resequencers, leader initiators) in the cluster.
 * The lock of a key is the lock {@code <prefix>:<key>}, owned by a thread and reentrant; all locks
 * of one key are one lock.
 *
 * <p>A lock with a time to live is taken away from its holder when that has passed, and then free;
 * see {@link LockConfig.Overstay#REVOKE}. A thread that enters again keeps the time of its first
 * entry. Unlocking a lock that was lost throws {@link ConcurrentModificationException}, as the
 * registry's contract says; the unlock counts all the same.
 *
 * <p>The registry remembers nothing, so nothing grows with the number of keys, and there is nothing
 * to expire. Safe for use by many threads.
 */
public final class HoldfastLockRegistry implements ExpirableLockRegistry<DistributedLock> {

  private final Locks locks;
  private final String prefix;

  /**
   * Locks in the namespace of {@code locks}.
   *
   * @param prefix what the names of the locks begin with, such as {@code orders}
   */
  public HoldfastLockRegistry(Locks locks, String prefix) {
    this.locks = locks;
    this.prefix = prefix;
  }

  /**
   * The lock of a key. Not taken by this.
   *
   * @param key its text is the rest of the lock's name
   * @throws IllegalArgumentException if that is not a {@link LockName}
   */
  @Override
  public DistributedLock obtain(Object key) {
    return new KeyLock(locks, new LockName(prefix + ":" + key));
  }

  /** Does nothing: no lock is kept that is not held. */
  @Override
  public void expireUnusedOlderThan(long age) {}

  /** The lock of one key: views of one lock, whatever their time to live. */
  private record KeyLock(Locks locks, LockName name) implements DistributedLock {

    private ThreadLock view() {
      return ThreadLock.of(locks.lock(name.text()).exclusive());
    }

    private ThreadLock view(Duration timeToLive) {
      LockConfig config = LockConfig.defaults().withMaxHold(timeToLive, LockConfig.Overstay.REVOKE);
      return ThreadLock.of(locks.lock(name.text(), config).exclusive());
    }

    @Override
    public void lock() {
      view().lock();
    }

    @Override
    public void lock(Duration timeToLive) {
      view(timeToLive).lock();
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
      view().lockInterruptibly();
    }

    @Override
    public boolean tryLock() {
      return view().tryLock();
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
      return view().tryLock(time, unit);
    }

    @Override
    public boolean tryLock(Duration wait, Duration timeToLive) throws InterruptedException {
      return view(timeToLive).tryLock(Durations.nanos(wait), TimeUnit.NANOSECONDS);
    }

    @Override
    public void unlock() {
      try {
        view().unlock();
      } catch (LockLostException e) {
        throw new ConcurrentModificationException(e.getMessage(), e);
      }
    }

    /**
     * There are no conditions across processes.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public Condition newCondition() {
      return view().newCondition();
    }
  }
}
