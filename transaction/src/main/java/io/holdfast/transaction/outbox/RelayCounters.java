package io.holdfast.transaction.outbox;

import java.util.concurrent.atomic.LongAdder;

/** What a relay has done since it was made. Safe for many threads. */
final class RelayCounters {

  private final LongAdder delivered = new LongAdder();
  private final LongAdder triedInVain = new LongAdder();
  private final LongAdder parked = new LongAdder();

  void count(DeliveryMark mark) {
    if (mark instanceof DeliveryMark.Delivered) {
      delivered.increment();
    } else if (mark instanceof DeliveryMark.TryAgain) {
      triedInVain.increment();
    } else if (mark instanceof DeliveryMark.Parked) {
      parked.increment();
    }
  }

  RelayActivity activity(boolean relaying) {
    return new RelayActivity(relaying, delivered.sum(), triedInVain.sum(), parked.sum());
  }
}
