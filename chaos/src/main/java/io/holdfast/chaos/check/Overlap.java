package io.holdfast.chaos.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Two holders of one lock at one time, by what each believed.
 *
 * <p>A holder that was frozen or cut off believes in its hold until it looks again: such a zombie
 * is what fences are for. What must never be is that both holds were <em>proven</em> at one time.
 *
 * @param earlier the hold that was granted first
 * @param later the one granted while its holder still believed
 * @param from when both believed
 * @param to when one of them no longer did
 * @param proven how long both were certain; zero unless the lock is broken
 */
public record Overlap(Holding earlier, Holding later, long from, long to, Duration proven) {

  /**
   * All overlaps of holds that exclude each other.
   *
   * @param holdings in the order in which they were granted
   */
  public static List<Overlap> of(List<Holding> holdings) {
    Map<String, List<Holding>> byLock =
        holdings.stream().collect(Collectors.groupingBy(Holding::lock));
    List<Overlap> overlaps = new ArrayList<>();
    byLock.values().forEach(ofLock -> ofLock(ofLock, overlaps));
    return List.copyOf(overlaps);
  }

  private static void ofLock(List<Holding> holdings, List<Overlap> overlaps) {
    List<Holding> open = new ArrayList<>();
    for (Holding later : holdings) {
      open.removeIf(each -> each.believed() <= later.granted());
      for (Holding earlier : open) {
        long to = Math.min(earlier.believed(), later.believed());
        if (earlier.excludes(later) && to > later.granted()) {
          overlaps.add(new Overlap(earlier, later, later.granted(), to, proven(earlier, later)));
        }
      }
      open.add(later);
    }
  }

  private static Duration proven(Holding earlier, Holding later) {
    long to = Math.min(earlier.proven(), later.proven());
    return Duration.ofNanos(Math.max(0, to - later.granted()));
  }

  /** How long both believed. */
  public Duration length() {
    return Duration.ofNanos(to - from);
  }
}
