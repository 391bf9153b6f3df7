package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.internal.Effects.EventRow;
import java.util.List;

/** An event has been told, and is forgotten. */
final class EventDelivered extends Task<Boolean> {

  private final long seq;
  private final int number;

  EventDelivered(int shard, long seq, int number) {
    super(shard);
    this.seq = seq;
    this.number = number;
  }

  @Override
  Wanted wanted() {
    return new Wanted(List.of(), List.of(), List.of(), List.of(), List.of());
  }

  @Override
  Boolean apply(ShardBooks books, Moment moment) {
    books.toldEvents.add(
        new ShardBooks.PlacedEvent(seq, number, new EventRow(shard(), "", "", "")));
    return true;
  }
}
