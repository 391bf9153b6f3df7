package io.holdfast.registry.internal.view;

import io.holdfast.admin.UnreadableEntry;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.MalformedInstanceException;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.StatusOverride;
import io.holdfast.registry.internal.format.InstanceJson.MalformedException;
import io.holdfast.registry.internal.publication.InstanceMarkers;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Snapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the entries of one service. Remembers what it has read, and of the next snapshot reads only
 * what has changed: so the work goes with the changes, and each entry is parsed, and complained
 * about, once for each time it was put. Not safe for use by several threads.
 */
public final class InstanceReader {

  private static final Logger LOG = LoggerFactory.getLogger(InstanceReader.class);

  /**
   * What a directory says.
   *
   * @param revision the latest change that is known to be in here
   * @param instances that are there, by id; what is malformed is left out
   * @param goodbyes the latest registration that has left or is leaving, by id
   * @param overrides what an operator says of instances, there or not, by id
   * @param swept the latest change of those goodbyes that were swept up
   */
  public record Reading(
      Revision revision,
      List<RegisteredInstance> instances,
      Map<String, Revision> goodbyes,
      Map<String, StatusOverride> overrides,
      Revision swept) {

    /** True if an instance that is not there would not be UP if it were. */
    boolean isOut(RegisteredInstance absent) {
      Revision left = goodbyes.get(absent.id());
      StatusOverride override = overrides.get(absent.id());
      return (left != null && left.compareTo(absent.epoch()) >= 0)
          || (override != null && override.over(absent.ownStatus()) != InstanceStatus.UP);
    }
  }

  /** What an instance says of itself, and since when. */
  private record Own(ServiceInstance instance, Revision epoch) {}

  /** Reads the payload of an entry. */
  @FunctionalInterface
  private interface Decoding<T> {
    T decode(Entry entry) throws MalformedException, MalformedInstanceException;
  }

  private final String service;
  private final RegistryFormat format;
  private final Map<String, Own> own = new HashMap<>();
  private final Map<String, StatusOverride> overrides = new HashMap<>();
  private final Map<String, Revision> goodbyes = new HashMap<>();
  private final InstancesById.Draft registered = new InstancesById.Draft();
  private final Set<String> draining = new HashSet<>();
  private final Map<Key, String> unreadable = new TreeMap<>();
  private Revision swept = Revision.NONE;
  private List<Entry> read = List.of();

  public InstanceReader(String service, RegistryFormat format) {
    this.service = service;
    this.format = format;
  }

  public Reading read(Snapshot snapshot) {
    EntryChanges changes = EntryChanges.between(read, snapshot.entries());
    read = snapshot.entries();
    changes.gone().forEach(this::forget);
    changes.put().forEach(this::take);
    return new Reading(
        snapshot.revision(), registered.copy(), Map.copyOf(goodbyes), Map.copyOf(overrides), swept);
  }

  /** The ids of those that were draining in the last reading. */
  public Set<String> draining() {
    return draining;
  }

  /** What the last reading passed over. */
  public List<UnreadableEntry> unreadable() {
    return unreadable.entrySet().stream()
        .map(entry -> new UnreadableEntry(entry.getKey(), entry.getValue()))
        .toList();
  }

  private void forget(Entry entry) {
    unreadable.remove(entry.key());
    if (!isMark(entry)) {
      own.remove(entry.key().name());
      combine(entry.key().name());
    } else if (InstanceMarkers.isOverride(entry.key())) {
      overrides.remove(InstanceMarkers.idOf(entry.key()));
      combine(InstanceMarkers.idOf(entry.key()));
    } else if (InstanceMarkers.isGoodbye(entry.key())) {
      goodbyes.remove(InstanceMarkers.idOf(entry.key()));
    } else if (InstanceMarkers.isSwept(entry.key())) {
      swept = Revision.NONE;
    }
  }

  private void take(Entry entry) {
    if (!isMark(entry)) {
      String id = entry.key().name();
      attempt(entry, there -> format.decode(service, id, there.payload()))
          .ifPresent(instance -> own.put(id, new Own(instance, entry.created())));
      combine(id);
    } else if (InstanceMarkers.isOverride(entry.key())) {
      String id = InstanceMarkers.idOf(entry.key());
      attempt(entry, there -> InstanceMarkers.decodeOverride(there.payload()))
          .ifPresent(override -> overrides.put(id, override));
      combine(id);
    } else if (InstanceMarkers.isGoodbye(entry.key())) {
      attempt(entry, there -> InstanceMarkers.decodeGoodbye(there.payload()))
          .ifPresent(left -> goodbyes.put(InstanceMarkers.idOf(entry.key()), left.epoch()));
    } else if (InstanceMarkers.isSwept(entry.key())) {
      attempt(entry, there -> InstanceMarkers.decodeSwept(there.payload()))
          .ifPresent(latest -> swept = latest);
    }
  }

  private boolean isMark(Entry entry) {
    return InstanceMarkers.areIn(format) && InstanceMarkers.isMark(entry.key());
  }

  /** What the instance says of itself and what an operator says of it make one. */
  private void combine(String id) {
    Own there = own.get(id);
    draining.remove(id);
    if (there == null) {
      registered.remove(id);
      return;
    }
    RegisteredInstance both =
        RegisteredInstance.of(
            there.instance(), there.epoch(), Optional.ofNullable(overrides.get(id)));
    registered.put(both);
    if (DrainingInstances.is(both)) {
      draining.add(id);
    }
  }

  private <T> Optional<T> attempt(Entry entry, Decoding<T> decoding) {
    try {
      return Optional.of(decoding.decode(entry));
    } catch (MalformedException | MalformedInstanceException e) {
      LOG.warn("passing over {}, which cannot be read: {}", entry.key(), e.getMessage());
      unreadable.put(entry.key(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }
}
