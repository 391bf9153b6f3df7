package io.holdfast.etcd;

import io.holdfast.coordination.Context;
import java.time.Duration;

/** How long to wait between tries: twice as long each time, up to a bound, with jitter. */
final class Pauses {

  private Pauses() {}

  /** Between a half and the whole of {@code pause}. */
  static Duration jittered(Context context, Duration pause) {
    long nanos = pause.toNanos();
    return Duration.ofNanos(context.random().nextLong(nanos / 2, nanos + 1));
  }

  /** The pause after this one. */
  static Duration next(Duration pause, Duration longest) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(longest) < 0 ? doubled : longest;
  }
}
