package io.holdfast.loadbalancer;

/** A monotonic clock in nanoseconds with an arbitrary origin, as {@link System#nanoTime} is. */
@FunctionalInterface
public interface Ticker {

  /** The machine's. */
  Ticker SYSTEM = System::nanoTime;

  /** Now. May overflow: only differences mean anything. */
  long nanoTime();
}
