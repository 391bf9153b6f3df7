package io.holdfast.lock;

import io.holdfast.lock.ThreadHolds.Side;
import java.util.concurrent.locks.ReadWriteLock;

/**
 * A distributed read-write lock as code written for {@link
 * java.util.concurrent.locks.ReentrantReadWriteLock} wants it; see {@link ThreadLock}.
 *
 * <p>A writer may enter as a reader, and stay that after it has left as a writer: other readers get
 * in then, and no other writer has been or will be in between. To write it takes two places in the
 * queue for that; see {@link NamedLock#downgradable}. A reader cannot become a writer: that is
 * refused at once instead of waiting for ever.
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
