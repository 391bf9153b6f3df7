package io.holdfast.lock.internal.local;

import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import java.util.Optional;

/**
 * One of those in a process who share a place.
 *
 * @param owner who, as a place of their own would say it
 * @param number among the waits of their process, or the holds of one place
 */
public record PlaceMember(Owner owner, long number) {

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
