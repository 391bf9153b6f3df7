package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Karger's ring: each endpoint has points on a circle, and owns what lies before each of them up to
 * the point before. When an endpoint leaves, only its keys move.
 *
 * <p>The points of an endpoint are the XXH64 of its id with the seeds 1, 2, and so on, as many as
 * its weight asks for. They are sorted, as signed numbers; an index of where each part of the
 * circle begins takes the place of a binary search.
 */
public final class HashRing implements Keyspace {

  /** Points of an instance of ordinary weight: Envoy's 1,024 for eight of them. */
  public static final int POINTS = 128;

  private static final int MOST_POINTS = 1 << 20;
  private static final int ORDINARY_WEIGHT = 100;

  /** The lowest bits of a point say whose it is; the others place it well enough. */
  private static final long OWNER = MOST_POINTS - 1;

  private final long[] points;

  /** For each part of the circle, the first point in it or after it. */
  private final int[] index;

  private final int shift;

  public HashRing(TrackedEndpoint[] endpoints, int pointsEach) {
    int[] counts = counts(endpoints, pointsEach);
    points = new long[Arrays.stream(counts).sum()];
    int at = 0;
    for (int i = 0; i < endpoints.length; i++) {
      byte[] id = endpoints[i].id().getBytes(StandardCharsets.UTF_8);
      for (int seed = 1; seed <= counts[i]; seed++) {
        points[at++] = (XxHash64.of(id, seed) & ~OWNER) | i;
      }
    }
    Arrays.sort(points);
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(points.length);
    shift = Long.SIZE - bits;
    index = new int[1 << bits];
    int point = 0;
    for (int part = 0; part < index.length; part++) {
      while (point < points.length && part(points[point]) < part) {
        point++;
      }
      index[part] = point;
    }
  }

  private static int[] counts(TrackedEndpoint[] endpoints, int pointsEach) {
    double wanted = 0;
    for (TrackedEndpoint endpoint : endpoints) {
      wanted += (double) endpoint.weight() * pointsEach / ORDINARY_WEIGHT;
    }
    // Each has one at least; half of the room is kept for those.
    double scale = Math.min(1, MOST_POINTS / 2 / wanted);
    return Arrays.stream(endpoints)
        .mapToInt(e -> Math.max(1, (int) (scale * e.weight() * pointsEach / ORDINARY_WEIGHT)))
        .toArray();
  }

  /** Checks a number of points that a user gave. */
  public static int checked(int pointsEach) {
    if (pointsEach < 1 || pointsEach > MOST_POINTS) {
      throw new IllegalArgumentException(
          "an instance has 1 to " + MOST_POINTS + " points: " + pointsEach);
    }
    return pointsEach;
  }

  private int part(long hash) {
    return (int) ((hash ^ Long.MIN_VALUE) >>> shift);
  }

  @Override
  public int slots() {
    return points.length;
  }

  @Override
  public int slot(long hash) {
    int slot = index[part(hash)];
    while (slot < points.length && points[slot] < hash) {
      slot++;
    }
    return slot == points.length ? 0 : slot;
  }

  @Override
  public int owner(int slot) {
    return (int) (points[slot] & OWNER);
  }
}
