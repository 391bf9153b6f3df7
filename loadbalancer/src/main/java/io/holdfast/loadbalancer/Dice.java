package io.holdfast.loadbalancer;

import java.util.concurrent.ThreadLocalRandom;

/** Where chance comes from: the thread's own generator, or a seeded one in tests. */
@FunctionalInterface
interface Dice {

  /** Shares nothing between threads. */
  Dice FAIR = bound -> ThreadLocalRandom.current().nextInt(bound);

  /** A number from 0 to {@code bound - 1}. */
  int below(int bound);
}
