package io.holdfast.lock;

import io.holdfast.lock.ThreadHolds.Side;
import java.util.concurrent.locks.ReadWriteLock;

/**
 * A distributed read-write lock for code written for {@link
 * java.util.concurrent.locks.ReentrantReadWriteLock}; see {@link ThreadLock}.
 *
 * <p>A writer may also lock for reading, and stay a reader after it has unlocked its write lock.
 * Other readers are admitted then, and no other writer comes in between. For that, a write lock
 * takes two places in the queue; see {@link NamedLock#downgradable}. A reader cannot become a
 * writer: the attempt is refused at once instead of waiting for ever.
 */
public final class ThreadReadWriteLock implements ReadWriteLock {

  private final ThreadLock readLock;
  private final ThreadLock writeLock;

  /** A view of {@code lock}. */
  public ThreadReadWriteLock(NamedLock lock) {
    this.readLock = ThreadLock.of(lock.read());
    this.writeLock = new ThreadLock(lock.write(), lock.downgradable(), Side.WRITE);
  }

  @Override
  public ThreadLock readLock() {
    return readLock;
  }

  @Override
  public ThreadLock writeLock() {
    return writeLock;
  }
}
