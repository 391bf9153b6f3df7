package io.holdfast.lock.internal.local;

import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.lock.internal.queue.OwnerDetails;
import java.util.Optional;

/**
 * One of those in a process who share a place.
 *
 * @param owner who, as a place of their own would say it
 * @param number among the waits of their process, or the holds of one place
 */
record PlaceMember(Owner owner, long number) {

  /** With a key that nobody else ever has, as a place's is. */
  QueueMember at(QueueMember place) {
    return new QueueMember(
        place.position(),
        place.token(),
        Optional.of(owner),
        place.session(),
        place.mode(),
        place.role(),
        key(place.key()),
        place.nativePath());
  }

  private Key key(Key place) {
    return place.child(owner.attributes().getOrDefault(OwnerDetails.PARTY, "") + "." + number);
  }

  /** The stored form, without white space. */
  String encode() {
    return number + ":" + owner.encode().text();
  }

  /** Reads the stored form; empty if it is not one. */
  static Optional<PlaceMember> decode(String text) {
    int colon = text.indexOf(':');
    if (colon < 0 || !text.substring(0, colon).matches("[0-9]{1,18}")) {
      return Optional.empty();
    }
    long number = Long.parseLong(text.substring(0, colon));
    return Owner.decode(Payload.utf8(text.substring(colon + 1)))
        .map(owner -> new PlaceMember(owner, number));
  }
}
