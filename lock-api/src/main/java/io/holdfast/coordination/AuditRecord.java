package io.holdfast.coordination;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An {@link AuditEntry} as it was kept.
 *
 * @param revision when it took effect
 * @param by who did it, and since when by their clock ({@link Owner#since})
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

  /** Empty if it is none. */
  static Optional<AuditRecord> decode(Entry kept) {
    return Owner.decode(kept.payload())
        .filter(owner -> owner.attributes().containsKey(ACTION))
        .map(
            owner -> {
              Map<String, String> rest = new HashMap<>(owner.attributes());
              String action = rest.remove(ACTION);
              String subject = rest.remove(SUBJECT);
              String reason = rest.remove(REASON);
              AuditEntry entry =
                  new AuditEntry(
                      action == null ? "" : action,
                      subject == null ? "" : subject,
                      reason == null ? "" : reason);
              Owner by = new Owner(owner.name(), owner.host(), owner.pid(), owner.since(), rest);
              return new AuditRecord(kept.created(), by, entry);
            });
  }
}
