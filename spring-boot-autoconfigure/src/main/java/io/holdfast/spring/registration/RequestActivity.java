package io.holdfast.spring.registration;

import java.time.Duration;

/**
 * When the last request arrived. A client that chose this instance just before the drain may send
 * its request after it; so the instance listens until none has arrived for a while.
 */
final class RequestActivity {

  private volatile long last = System.nanoTime();

  void arrived() {
    last = System.nanoTime();
  }

  Duration sinceLast() {
    return Duration.ofNanos(System.nanoTime() - last);
  }
}
