package io.holdfast.loadbalancer;

import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/** A source of random numbers: the thread's own generator, or a seeded one to repeat a run. */
@FunctionalInterface
public interface RandomSource {

  /** Shares nothing between threads. */
  RandomSource FAIR = () -> ThreadLocalRandom.current().nextLong();

  /** The same numbers for the same seed. For one thread only. */
  static RandomSource seeded(long seed) {
    return new SplittableRandom(seed)::nextLong;
  }

  /** 64 random bits. */
  long bits();

  /** A number from 0 to {@code bound - 1}. */
  default int below(int bound) {
    return high(bits(), bound);
  }

  /**
   * Scales the upper 32 bits to 0 to {@code bound - 1} (Lemire's multiplication). Favours no number
   * by more than {@code bound / 2^32}.
   */
  static int high(long bits, int bound) {
    return (int) (((bits >>> 32) * bound) >>> 32);
  }

  /** The same with the lower 32 bits. */
  static int low(long bits, int bound) {
    return (int) (((bits & 0xFFFF_FFFFL) * bound) >>> 32);
  }
}
