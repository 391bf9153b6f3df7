package io.holdfast.lock;

import io.holdfast.lock.Tenures.Side;
import java.util.concurrent.locks.ReadWriteLock;

/**
 * A distributed read-write lock as code written for {@link
 * java.util.concurrent.locks.ReentrantReadWriteLock} wants it; see {@link ThreadLock}.
 *
 * <p>A writer may enter as a reader, and stay that after it has left as a writer: no other writer
 * gets in between. Other readers get in when it has left altogether. A reader cannot become a
 * writer: that is refused at once instead of waiting for ever.
 */
public final class ThreadReadWriteLock implements ReadWriteLock {

  private final ThreadLock readLock;
  private final ThreadLock writeLock;

  /** A view of {@code lock}. */
  public ThreadReadWriteLock(DistributedReadWriteLock lock) {
    Tenures tenures = new Tenures();
    this.readLock = new ThreadLock(lock.read(), Side.READ, tenures);
    this.writeLock = new ThreadLock(lock.write(), Side.WRITE, tenures);
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
