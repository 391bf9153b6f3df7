package io.holdfast.registry;

import io.holdfast.coordination.Entry;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Snapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the entries of one service. Remembers what it has read, so that each entry is parsed, and
 * complained about, once for each time it was put. Not safe for use by several threads.
 */
final class InstanceReader {

  private static final Logger LOG = LoggerFactory.getLogger(InstanceReader.class);

  private final String service;
  private final RegistryFormat format;
  private Map<Key, Read> remembered = Map.of();

  /** What became of an entry; empty if it is not an instance of this service. */
  private record Read(Entry entry, Optional<Registered> registered) {}

  InstanceReader(String service, RegistryFormat format) {
    this.service = service;
    this.format = format;
  }

  /** The instances in {@code snapshot}, {@link Freshness#LIVE}; what is malformed is left out. */
  ServiceSnapshot read(Snapshot snapshot) {
    Map<Key, Read> now = new HashMap<>();
    for (Entry entry : snapshot.entries()) {
      Read before = remembered.get(entry.key());
      now.put(
          entry.key(), before != null && before.entry().equals(entry) ? before : readAnew(entry));
    }
    remembered = now;
    List<Registered> instances =
        now.values().stream().map(Read::registered).flatMap(Optional::stream).toList();
    return new ServiceSnapshot(service, snapshot.revision(), Freshness.LIVE, instances);
  }

  private Read readAnew(Entry entry) {
    try {
      ServiceInstance instance = format.decode(service, entry.key().name(), entry.payload());
      return new Read(entry, Optional.of(new Registered(instance, entry.created())));
    } catch (MalformedInstanceException e) {
      LOG.warn("passing over {}, which is not an instance: {}", entry.key(), e.getMessage());
      return new Read(entry, Optional.empty());
    }
  }
}
