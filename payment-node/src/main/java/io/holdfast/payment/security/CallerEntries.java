package io.holdfast.payment.security;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.payment.ledger.Json;
import io.holdfast.spi.Entry;

/**
 * Where callers are kept: one key of the coordination store each, named as the caller. An entry is
 * never deleted, for a name that was once given owns accounts.
 */
final class CallerEntries {

  static final Key DIRECTORY = Key.of("payment-callers");

  private CallerEntries() {}

  static Key key(String name) {
    return DIRECTORY.child(name);
  }

  static Payload write(StoredCaller caller) {
    return Payload.utf8(Json.write(caller));
  }

  /**
   * Reads an entry.
   *
   * @throws IllegalArgumentException if it is none of a caller
   */
  static StoredCaller read(Entry entry) {
    StoredCaller caller = Json.read(entry.payload().text(), StoredCaller.class);
    if (!caller.name().equals(entry.key().name())) {
      throw new IllegalArgumentException("the entry of another caller");
    }
    return caller;
  }
}
