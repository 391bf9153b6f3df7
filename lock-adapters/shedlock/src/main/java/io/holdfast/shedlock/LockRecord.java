package io.holdfast.shedlock;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What the cluster keeps of a lock. It stays after the release, so that its versions only grow: a
 * write that is conditional on a version can then never meet a later record by mistake.
 *
 * @param holder the process that holds the lock, or held it last
 * @param hold names this hold among all; empty if the lock is free
 * @param session the holder's session when it wrote this
 * @param until when the hold ends, by the holder's wall clock
 */
record LockRecord(Owner holder, String hold, String session, Instant until) {

  private static final String HOLD = "hold";
  private static final String SESSION = "session";
  private static final String UNTIL = "until";

  boolean isFree() {
    return hold.isEmpty();
  }

  /** The same hold, with another end. */
  LockRecord until(Instant end) {
    return new LockRecord(holder, hold, session, end);
  }

  /** The lock after this hold. */
  LockRecord released(Instant now) {
    return new LockRecord(holder, "", session, now);
  }

  /** It exists as long as the holder's session lives. */
  Key presence() {
    return Key.of("sessions", session);
  }

  Payload encode() {
    return holder.with(Map.of(HOLD, hold, SESSION, session, UNTIL, until.toString())).encode();
  }

  /** Empty if the payload is not a record. */
  static Optional<LockRecord> decode(Payload payload) {
    return Owner.decode(payload).flatMap(LockRecord::of);
  }

  private static Optional<LockRecord> of(Owner stored) {
    String hold = stored.attributes().get(HOLD);
    String session = stored.attributes().get(SESSION);
    String until = stored.attributes().get(UNTIL);
    if (hold == null || session == null || until == null || !Key.isSegment(session)) {
      return Optional.empty();
    }
    try {
      Owner holder =
          new Owner(stored.name(), stored.host(), stored.pid(), stored.since(), Map.of());
      return Optional.of(new LockRecord(holder, hold, session, Instant.parse(until)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
