package io.holdfast.payment.ledger;

import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * By when a request has to be begun. One that waits longer is not begun: its answer would come when
 * whoever asked has given up, and to work for it would delay the others. Thread-safe.
 */
public final class Deadline {

  /** Of what is done however late it is. */
  public static final Deadline NONE = new Deadline(() -> 0, 1);

  private final LongSupplier nanoTime;
  private final long atNanos;

  private Deadline(LongSupplier nanoTime, long atNanos) {
    this.nanoTime = nanoTime;
    this.atNanos = atNanos;
  }

  /**
   * So much from now.
   *
   * @param nanoTime a monotonic clock as {@link System#nanoTime} is
   */
  public static Deadline in(Duration time, LongSupplier nanoTime) {
    return new Deadline(nanoTime, nanoTime.getAsLong() + Durations.nanos(time));
  }

  /** Whether it is too late to begin. */
  public boolean hasPassed() {
    return nanoTime.getAsLong() - atNanos >= 0;
  }
}
