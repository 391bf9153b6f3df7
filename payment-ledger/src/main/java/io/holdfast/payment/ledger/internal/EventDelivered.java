package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.internal.Effects.EventRow;
import java.util.List;

/** Events have been told, or are told to nobody, and are forgotten. */
final class EventDelivered extends Task<Boolean> {

  /** Where an event is in its shard. */
  record Place(long seq, int number) {}

  private final List<Place> places;

  EventDelivered(int shard, List<Place> places) {
    super(shard);
    this.places = List.copyOf(places);
  }

  @Override
  Wanted wanted() {
    return new Wanted(List.of(), List.of(), List.of(), List.of(), List.of());
  }

  @Override
  Boolean apply(ShardBooks books, Moment moment) {
    EventRow gone = new EventRow(shard(), "", "", "");
    for (Place each : places) {
      books.toldEvents.add(new ShardBooks.PlacedEvent(each.seq(), each.number(), gone));
    }
    return true;
  }
}
