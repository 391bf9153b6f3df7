package io.holdfast.admin;

import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.spi.Entry;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An {@link AuditEntry} as it was kept.
 *
 * @param revision the revision at which it took effect
 * @param by who did it; {@link Owner#since} says when, by their clock
 * @param entry what they did
 */
public record AuditRecord(Revision revision, Owner by, AuditEntry entry) {

  private static final String ACTION = "action";
  private static final String SUBJECT = "subject";
  private static final String REASON = "reason";

  static Payload encode(Owner by, AuditEntry entry) {
    return by.with(ACTION, entry.action())
        .with(SUBJECT, entry.subject())
        .with(REASON, entry.reason())
        .encode();
  }

  /** Empty if the entry is not an audit record. */
  static Optional<AuditRecord> decode(Entry kept) {
    return Owner.decode(kept.payload()).flatMap(owner -> of(owner, kept.created()));
  }

  private static Optional<AuditRecord> of(Owner stored, Revision created) {
    Map<String, String> rest = new HashMap<>(stored.attributes());
    String action = rest.remove(ACTION);
    String subject = Objects.requireNonNullElse(rest.remove(SUBJECT), "");
    String reason = Objects.requireNonNullElse(rest.remove(REASON), "");
    if (action == null || !AuditEntry.fits(action, subject, reason)) {
      return Optional.empty();
    }
    Owner by = new Owner(stored.name(), stored.host(), stored.pid(), stored.since(), rest);
    return Optional.of(new AuditRecord(created, by, new AuditEntry(action, subject, reason)));
  }
}
