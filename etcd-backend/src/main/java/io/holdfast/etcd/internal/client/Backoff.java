package io.holdfast.etcd.internal.client;

import java.time.Duration;

/** How long to wait between tries: twice as long each time, up to a bound. */
public final class Backoff {

  private Backoff() {}

  /** The pause after this one. */
  public static Duration next(Duration pause, Duration longest) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(longest) < 0 ? doubled : longest;
  }
}
