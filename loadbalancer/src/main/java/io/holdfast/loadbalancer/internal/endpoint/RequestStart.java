package io.holdfast.loadbalancer.internal.endpoint;

/**
 * When a request began, in one number: the era of its instance's {@link EndpointLoad}, and the time
 * if it is needed. The time loses its highest bits: what is left tells up to a fortnight.
 *
 * <pre>
 *   51 bits: nanoseconds     1 bit: timed     12 bits: era
 * </pre>
 */
public final class RequestStart {

  private static final int TIME_SHIFT = 13;
  private static final long TIMED = 1L << (TIME_SHIFT - 1);

  /** No start of any request: untimed, and yet with a time. */
  public static final long NONE = 1L << TIME_SHIFT;

  private RequestStart() {}

  static long timed(long now, int era) {
    return (now << TIME_SHIFT) | TIMED | era;
  }

  static long untimed(int era) {
    return era;
  }

  public static boolean isTimed(long start) {
    return (start & TIMED) != 0;
  }

  public static int era(long start) {
    return (int) start & (EndpointLoad.ERAS - 1);
  }

  /** Nanoseconds from a timed start until {@code now}. */
  public static long elapsed(long start, long now) {
    return ((now << TIME_SHIFT) - (start & -NONE)) >> TIME_SHIFT;
  }
}
