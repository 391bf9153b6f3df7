package io.holdfast.admin;

import io.holdfast.spi.Durations;
import io.holdfast.spi.Finding;
import java.time.Duration;

/**
 * How far this machine's clocks advanced during a short wait. Sessions use the monotonic clock,
 * people the wall clock.
 *
 * @param asked the length of the wait that was asked for
 * @param monotonic how long it was by {@link System#nanoTime}
 * @param wall how long it was by the wall clock
 */
record ClockSample(Duration asked, Duration monotonic, Duration wall) {

  private static final String CLOCK = "clock";

  /** Clocks are read one after the other, and the wall clock is slewed by up to 500 ppm. */
  private static final Duration TOLERATED = Duration.ofMillis(50);

  /** A wait that is longer by this much has another cause than a busy scheduler. */
  private static final Duration STALL = Duration.ofSeconds(1);

  Finding judge() {
    Duration apart = wall.minus(monotonic);
    if (apart.abs().compareTo(TOLERATED) > 0) {
      return Finding.warning(
          CLOCK,
          "the wall clock went %d ms in the %d ms of the monotonic clock: it was set, or the machine"
                  .formatted(Durations.millis(wall), Durations.millis(monotonic))
              + " was suspended",
          "have the clock slewed instead of stepped (chrony), and do not suspend the machine:"
              + " sessions end while it sleeps");
    }
    Duration stalled = monotonic.minus(asked);
    if (stalled.compareTo(STALL) > 0) {
      return Finding.warning(
          CLOCK,
          "a wait of %d ms took %d ms: this machine stands still at times"
              .formatted(Durations.millis(asked), Durations.millis(monotonic)),
          "look for overload, swapping, or a hypervisor that takes the processor away; a session"
              + " time-out must outlast such pauses");
    }
    return Finding.ok(
        CLOCK,
        "monotonic and wall clock went alike, %d ms apart in %d ms"
            .formatted(Durations.millis(apart), Durations.millis(monotonic)));
  }
}
