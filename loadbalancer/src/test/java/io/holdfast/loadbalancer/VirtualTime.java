package io.holdfast.loadbalancer;

import java.time.Duration;

/** A clock that a test moves. */
public final class VirtualTime implements Ticker {

  private volatile long now = -5_000_000_000L;

  @Override
  public long nanoTime() {
    return now;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // by the test's thread only
  public void pass(Duration duration) {
    now += duration.toNanos();
  }
}
