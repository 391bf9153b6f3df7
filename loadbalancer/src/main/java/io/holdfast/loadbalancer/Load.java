package io.holdfast.loadbalancer;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one endpoint's requests amount to, as this process sees it. Lives as long as the instance
 * keeps its id and epoch, across all snapshots and pickers.
 */
final class Load {

  private final AtomicInteger active = new AtomicInteger();
  private final LongAdder successes = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder successNanos = new LongAdder();

  /** Requests that were picked for it and have not ended. */
  int active() {
    return active.get();
  }

  void began() {
    active.incrementAndGet();
  }

  void succeeded(long nanos) {
    successes.increment();
    successNanos.add(nanos);
    active.decrementAndGet();
  }

  void failed() {
    failures.increment();
    active.decrementAndGet();
  }

  /** Ended without telling anything of the endpoint. */
  void abandoned() {
    active.decrementAndGet();
  }

  long successes() {
    return successes.sum();
  }

  long failures() {
    return failures.sum();
  }

  /** Mean time of the successful requests; 0 if there was none. */
  long meanNanos() {
    long count = successes.sum();
    return count == 0 ? 0 : successNanos.sum() / count;
  }
}
