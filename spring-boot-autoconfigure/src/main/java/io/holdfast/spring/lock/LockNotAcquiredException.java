package io.holdfast.spring.lock;

import io.holdfast.lock.LockName;
import io.holdfast.spi.Durations;
import java.time.Duration;

/** A {@link Locked} method has not run: its lock was not held in time. Nothing is left behind. */
public final class LockNotAcquiredException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String lock;

  private LockNotAcquiredException(LockName lock, String why, Throwable cause) {
    super("lock " + lock + " was not acquired: " + why, cause);
    this.lock = lock.text();
  }

  private LockNotAcquiredException(LockName lock, String why) {
    super("lock " + lock + " was not acquired: " + why);
    this.lock = lock.text();
  }

  static LockNotAcquiredException late(LockName lock, Duration wait) {
    return new LockNotAcquiredException(
        lock,
        wait.isZero()
            ? "another holder has it"
            : "another holder had it for " + Durations.text(wait));
  }

  static LockNotAcquiredException because(LockName lock, String why, Throwable cause) {
    return new LockNotAcquiredException(lock, why, cause);
  }

  /** The lock. */
  public LockName lock() {
    return new LockName(lock);
  }
}
