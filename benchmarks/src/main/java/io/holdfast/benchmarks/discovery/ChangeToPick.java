package io.holdfast.benchmarks.discovery;

import io.holdfast.benchmarks.measure.Samples;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * How long it takes from the decision to change an instance until the list that a client picks from
 * says so: the write, the watch, reading, and the new list.
 */
final class ChangeToPick {

  private static final long LOOK_EVERY_NANOS = 100_000;
  private static final long LONGEST_NANOS = 120_000_000_000L;

  private final Fleet fleet;
  private final Samples samples = new Samples();
  private int versions;

  ChangeToPick(Fleet fleet) {
    this.fleet = fleet;
  }

  /** Measures so many changes, one after the other. */
  void measure(int changes) throws Exception {
    ExecutorService changer = Executors.newSingleThreadExecutor();
    try {
      for (int i = 0; i < changes; i++) {
        samples.addNanos(once(changer));
      }
    } finally {
      changer.shutdownNow();
    }
  }

  private long once(ExecutorService changer) throws Exception {
    int number = ThreadLocalRandom.current().nextInt(Fleet.SIZE);
    String version = "v" + ++versions;
    long began = System.nanoTime();
    Future<?> change =
        changer.submit(
            () -> {
              fleet.change(number, version);
              return null;
            });
    while (!fleet.shownVersion(number).equals(version)) {
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
      if (System.nanoTime() - began > LONGEST_NANOS) {
        throw new TimeoutException("a change was not shown within two minutes");
      }
    }
    long took = System.nanoTime() - began;
    change.get();
    return took;
  }

  /** Forgets what was measured to warm up. */
  void forget() {
    samples.clear();
  }

  Samples samples() {
    return samples;
  }
}
