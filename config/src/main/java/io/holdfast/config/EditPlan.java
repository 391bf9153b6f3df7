package io.holdfast.config;

import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnreadableException;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Snapshot;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** What an edit does to a group and a history as they were read. */
final class EditPlan {

  /** Keeps a transaction within the limits of every backend. */
  private static final int MOST_PRUNED = 16;

  private final ConfigOptions options;
  private final ConfigEdit edit;
  private final ConfigKey key;
  private final Snapshot group;
  private final Optional<Entry> entry;
  private final Optional<VersionCodec.Stored> current;

  /** Oldest first. */
  private final List<Entry> history;

  EditPlan(ConfigOptions options, ConfigEdit edit, Snapshot group, Snapshot history) {
    this.options = options;
    this.edit = edit;
    this.key = edit.key();
    this.group = group;
    this.entry =
        group.entries().stream().filter(there -> there.key().equals(key.current())).findFirst();
    this.current = entry.map(this::decode);
    this.history =
        history.entries().stream()
            .filter(there -> number(there) > 0)
            .sorted((a, b) -> Long.compare(number(a), number(b)))
            .toList();
  }

  private VersionCodec.Stored decode(Entry there) {
    return VersionCodec.decode(key, there.payload(), there.modified(), options.keys())
        .orElseThrow(
            () ->
                new UnreadableException(
                    there.key()
                        + " holds what is no setting; remove it with the store's own tools"));
  }

  /** The version that an entry of the history is called after; 0 if the name is no number. */
  private static long number(Entry there) {
    String name = there.key().name();
    return name.matches("\\d{12}") ? Long.parseLong(name) : 0;
  }

  /** Where the setting stood when it was read. */
  Revision seen() {
    return entry.map(Entry::modified).orElse(Revision.NONE);
  }

  /** The version that an earlier attempt of the same edit has made. */
  Optional<ConfigVersion> madeBy(String id) {
    return history.stream()
        .flatMap(
            there ->
                VersionCodec.decode(key, there.payload(), there.modified(), options.keys())
                    .stream())
        .filter(stored -> stored.edit().equals(id))
        .map(VersionCodec.Stored::version)
        .findFirst();
  }

  /** True if the version may have been made and is no longer kept. */
  boolean hasForgotten(long version) {
    return !history.isEmpty() && number(history.get(0)) > version;
  }

  /**
   * The version that the edit makes.
   *
   * @throws GuardFailedException if the edit's conditions do not hold
   * @throws IllegalArgumentException as {@link ConfigStore#edit} says
   */
  ConfigVersion next(Owner by) {
    long now = current.map(stored -> stored.version().version()).orElse(0L);
    if (edit.expected().isPresent() && edit.expected().getAsLong() != now) {
      throw new GuardFailedException(
          "%s is at version %d, not %d".formatted(key, now, edit.expected().getAsLong()));
    }
    long latest = history.isEmpty() ? now : Math.max(now, number(history.get(history.size() - 1)));
    return new ConfigVersion(
        key,
        latest + 1,
        value(),
        by,
        Instant.now().truncatedTo(ChronoUnit.MILLIS),
        edit.reason(),
        edit.grant().map(grant -> grant.token().toString()),
        Revision.NONE);
  }

  private Optional<ConfigValue> value() {
    Optional<ConfigValue> now = current.flatMap(stored -> stored.version().value());
    Optional<ConfigValue> next =
        switch (edit.kind()) {
          case PLAIN -> Optional.of(ConfigValue.plain(key, edit.text()));
          case SECRET -> Optional.of(sealed(edit.text()));
          case DELETE -> Optional.empty();
          case ROLLBACK -> earlier();
        };
    if (next.isEmpty() && now.isEmpty()) {
      throw new GuardFailedException("there is no " + key + ", so it cannot be deleted");
    }
    if (now.isPresent() && now.get().isSecret() && next.isPresent() && !next.get().isSecret()) {
      throw new IllegalArgumentException(
          key + " is a secret, and is not replaced by a text in clear: delete it first");
    }
    return next;
  }

  private ConfigValue sealed(String text) {
    KeyRing keys = options.keys();
    return ConfigValue.secret(key, SecretBox.seal(key, text, keys.first()), keys);
  }

  private Optional<ConfigValue> earlier() {
    ConfigVersion then =
        history.stream()
            .filter(there -> number(there) == edit.rollbackTo())
            .findFirst()
            .flatMap(
                there ->
                    VersionCodec.decode(key, there.payload(), there.modified(), options.keys()))
            .map(VersionCodec.Stored::version)
            .orElseThrow(
                () ->
                    new GuardFailedException(
                        "version %d of %s is not in the history"
                            .formatted(edit.rollbackTo(), key)));
    return then.value().map(value -> value.isSecret() ? sealed(value.text()) : value);
  }

  /** Takes effect only if the setting is as it was read. */
  Transaction transaction(ConfigVersion next, String id) {
    Payload payload = VersionCodec.encode(next, id);
    checkSize(payload);
    Transaction writes =
        Transaction.EMPTY
            .require(
                entry.isPresent()
                    ? new Transaction.Unmodified(key.current(), seen())
                    : new Transaction.Absent(key.current()))
            .put(key.current(), payload)
            .put(key.history(next.version()), payload);
    int surplus = Math.min(MOST_PRUNED, Math.max(0, history.size() + 1 - options.history()));
    for (Entry old : history.subList(0, surplus)) {
      writes = writes.delete(old.key());
    }
    return edit.grant().isPresent() ? edit.grant().get().guard(writes) : writes;
  }

  private void checkSize(Payload next) {
    if (entry.isEmpty() && group.entries().size() >= ConfigStore.MOST_SETTINGS) {
      throw new IllegalArgumentException(
          "the group %s has %d settings already, deleted ones included"
              .formatted(key.group(), group.entries().size()));
    }
    long size = next.size();
    for (Entry there : group.entries()) {
      size += there.key().equals(key.current()) ? 0 : there.payload().size();
    }
    if (size > ConfigStore.LARGEST_GROUP) {
      throw new IllegalArgumentException(
          "the group %s would have %d bytes, and may have %d"
              .formatted(key.group(), size, ConfigStore.LARGEST_GROUP));
    }
  }

  static ConfigVersion at(ConfigVersion made, Revision revision) {
    return new ConfigVersion(
        made.key(),
        made.version(),
        made.value(),
        made.by(),
        made.at(),
        made.reason(),
        made.token(),
        revision);
  }
}
