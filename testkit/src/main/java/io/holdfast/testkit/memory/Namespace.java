package io.holdfast.testkit.memory;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Snapshot;

/** Translates between a client's keys and the cluster's. */
final class Namespace {

  private final String prefix;

  Namespace(Key root) {
    prefix = root.path() + "/";
  }

  Key absolute(Key key) {
    return key.isAbsolute() ? key : new Key(prefix + key.path());
  }

  private Key relative(Key key) {
    return key.isAbsolute() ? key : new Key(key.path().substring(prefix.length()));
  }

  Claim absolute(Claim claim) {
    return new Claim(absolute(claim.queue()), claim.mode(), claim.shown());
  }

  Place absolute(Place place) {
    return new Place(
        absolute(place.claim()),
        absolute(place.key()),
        place.created(),
        place.ahead(),
        place.countAhead());
  }

  Place relative(Place place) {
    return new Place(
        new Claim(relative(place.queue()), place.mode(), place.claim().shown()),
        relative(place.key()),
        place.created(),
        place.ahead().stream()
            .map(member -> new Place.Member(relative(member.key()), member.mode()))
            .toList(),
        place.countAhead());
  }

  Snapshot relative(Snapshot snapshot) {
    return new Snapshot(
        relative(snapshot.directory()),
        snapshot.revision(),
        snapshot.entries().stream()
            .map(
                entry ->
                    new Entry(
                        relative(entry.key()),
                        entry.payload(),
                        entry.created(),
                        entry.modified(),
                        entry.session()))
            .toList());
  }

  Transaction absolute(Transaction transaction) {
    return new Transaction(
        transaction.guards().stream().map(this::absolute).toList(),
        transaction.writes().stream().map(this::absolute).toList());
  }

  private Transaction.Guard absolute(Transaction.Guard guard) {
    Key key = absolute(guard.key());
    if (guard instanceof Transaction.Exists) {
      return new Transaction.Exists(key);
    }
    if (guard instanceof Transaction.Unmodified unmodified) {
      return new Transaction.Unmodified(key, unmodified.modified());
    }
    return new Transaction.Absent(key);
  }

  private Transaction.Write absolute(Transaction.Write write) {
    Key key = absolute(write.key());
    return write instanceof Transaction.Put put
        ? new Transaction.Put(key, put.payload(), put.lifetime())
        : new Transaction.Delete(key);
  }
}
