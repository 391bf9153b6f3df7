package io.holdfast.registry;

import io.holdfast.coordination.Entry;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Snapshot;
import io.holdfast.registry.InstanceJson.MalformedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the entries of one service. Remembers what it has read, so that each entry is parsed, and
 * complained about, once for each time it was put. Not safe for use by several threads.
 */
final class InstanceReader {

  private static final Logger LOG = LoggerFactory.getLogger(InstanceReader.class);

  /**
   * What a directory says.
   *
   * @param revision the latest change that is known to be in here
   * @param instances that are there; what is malformed is left out
   * @param goodbyes the latest registration that was withdrawn, by id
   */
  record Reading(Revision revision, List<Registered> instances, Map<String, Revision> goodbyes) {}

  /** What became of an entry and the override beside it; empty if it is not an instance. */
  private record Read(Entry entry, @Nullable Entry override, Optional<Registered> registered) {}

  /** Reads the payload of an entry. */
  @FunctionalInterface
  private interface Decoding<T> {
    T decode(Entry entry) throws MalformedException, MalformedInstanceException;
  }

  private final String service;
  private final RegistryFormat format;
  private Map<Key, Read> remembered = Map.of();

  InstanceReader(String service, RegistryFormat format) {
    this.service = service;
    this.format = format;
  }

  Reading read(Snapshot snapshot) {
    Map<String, Entry> overrides = new HashMap<>();
    Map<String, Revision> goodbyes = new HashMap<>();
    if (!Marks.areIn(format)) {
      return new Reading(snapshot.revision(), instances(snapshot, overrides), goodbyes);
    }
    for (Entry entry : snapshot.entries()) {
      if (Marks.isOverride(entry.key())) {
        overrides.put(Marks.idOf(entry.key()), entry);
      } else if (Marks.isGoodbye(entry.key())) {
        attempt(entry, there -> Marks.decodeGoodbye(there.payload()))
            .ifPresent(left -> goodbyes.put(Marks.idOf(entry.key()), left.epoch()));
      }
    }
    return new Reading(snapshot.revision(), instances(snapshot, overrides), goodbyes);
  }

  private List<Registered> instances(Snapshot snapshot, Map<String, Entry> overrides) {
    Map<Key, Read> now = new HashMap<>(2 * snapshot.entries().size());
    List<Registered> instances = new ArrayList<>(snapshot.entries().size());
    for (Entry entry : snapshot.entries()) {
      if (!Marks.areIn(format) || !Marks.isMark(entry.key())) {
        Entry override = overrides.get(entry.key().name());
        Read before = remembered.get(entry.key());
        Read read =
            before != null && same(before.entry(), entry) && same(before.override(), override)
                ? before
                : new Read(entry, override, registered(entry, override));
        now.put(entry.key(), read);
        read.registered().ifPresent(instances::add);
      }
    }
    remembered = now;
    return instances;
  }

  private static boolean same(@Nullable Entry before, @Nullable Entry now) {
    return Objects.equals(before, now);
  }

  private Optional<Registered> registered(Entry entry, @Nullable Entry override) {
    Optional<StatusOverride> status =
        Optional.ofNullable(override)
            .flatMap(there -> attempt(there, mark -> Marks.decodeOverride(mark.payload())));
    return attempt(entry, there -> format.decode(service, there.key().name(), there.payload()))
        .map(instance -> Registered.overridden(instance, entry.created(), status));
  }

  private static <T> Optional<T> attempt(Entry entry, Decoding<T> decoding) {
    try {
      return Optional.of(decoding.decode(entry));
    } catch (MalformedException | MalformedInstanceException e) {
      LOG.warn("passing over {}, which cannot be read: {}", entry.key(), e.getMessage());
      return Optional.empty();
    }
  }
}
