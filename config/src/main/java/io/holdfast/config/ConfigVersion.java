package io.holdfast.config;

import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Revision;
import java.time.Instant;
import java.util.Optional;

/**
 * One version of a setting.
 *
 * @param key which setting
 * @param version counts from 1 and never goes back, also when the setting is deleted and set again
 * @param value empty if this version deletes the setting
 * @param by the process that wrote it
 * @param at when, by the clock of that process
 * @param reason why, as that process gave it; may be empty
 * @param token the fencing token of the lock under which it was written, if any
 * @param revision its place in the cluster's order
 */
public record ConfigVersion(
    ConfigKey key,
    long version,
    Optional<ConfigValue> value,
    Owner by,
    Instant at,
    String reason,
    Optional<String> token,
    Revision revision) {

  /** True if this version deletes the setting. */
  public boolean isDeleted() {
    return value.isEmpty();
  }
}
