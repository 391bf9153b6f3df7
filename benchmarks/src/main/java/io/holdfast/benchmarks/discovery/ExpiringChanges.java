package io.holdfast.benchmarks.discovery;

import io.holdfast.benchmarks.measure.Samples;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * As {@link ChangeToPick}, for a list that is read anew when it has expired. How long a change
 * waits depends on when it comes, so changes of different instances are spread evenly over one
 * lifetime of the list, whatever becomes of those before.
 */
final class ExpiringChanges {

  private static final long LOOK_EVERY_NANOS = Duration.ofMillis(5).toNanos();

  private final Listing listing;
  private final Duration lifetime;
  private final Duration longest;

  /** When each change that is not shown yet was decided, by instance. */
  private final Map<Integer, Long> open = new HashMap<>();

  private final Samples samples = new Samples();

  /** {@code longest} is what a change counts as that takes longer. */
  ExpiringChanges(Listing listing, Duration lifetime, Duration longest) {
    this.listing = listing;
    this.lifetime = lifetime;
    this.longest = longest;
  }

  Samples measure(int changes) throws Exception {
    String version = "spread";
    long began = System.nanoTime();
    int made = 0;
    while (made < changes || !open.isEmpty()) {
      if (made < changes
          && System.nanoTime() - began
              >= lifetime.multipliedBy(made).dividedBy(changes).toNanos()) {
        open.put(made, System.nanoTime());
        listing.change(made, version);
        made++;
      }
      open.entrySet().removeIf(change -> isOver(change.getKey(), change.getValue(), version));
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
    return samples;
  }

  private boolean isOver(int number, long decided, String version) {
    boolean shown = listing.shownVersion(number).equals(version);
    long took = Math.min(System.nanoTime() - decided, longest.toNanos());
    boolean over = shown || took == longest.toNanos();
    if (over) {
      samples.addNanos(took);
    }
    return over;
  }
}
