package io.holdfast.etcd;

import java.time.Duration;

/** How long to wait between tries: twice as long each time, up to a bound. */
final class Backoff {

  private Backoff() {}

  /** The pause after this one. */
  static Duration next(Duration pause, Duration longest) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(longest) < 0 ? doubled : longest;
  }
}
