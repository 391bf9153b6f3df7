package io.holdfast.registry.lease;

import io.holdfast.registry.ServiceInstance;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Why an instance is there that has no session: a client renews it, and one gateway counts. It is
 * kept in the instance's metadata, under keys that begin with {@value #RESERVED}, so that the entry
 * and its lease change in one step.
 *
 * @param holder the gateway that counts the time since the last renewal
 * @param ttl how long the instance stays without a renewal; {@link #SHORTEST} to {@link #LONGEST}
 */
public record Lease(String holder, Duration ttl) {

  /** What the keys of a lease, and of what a gateway notes beside it, begin with. */
  public static final String RESERVED = "holdfast.";

  /** The shortest time to live. */
  public static final Duration SHORTEST = Duration.ofSeconds(1);

  /** The longest time to live: what is dead goes away some day. */
  public static final Duration LONGEST = Duration.ofHours(1);

  private static final String HOLDER = RESERVED + "lease.holder";
  private static final String TTL = RESERVED + "lease.ttl";
  private static final int MOST_DIGITS = 9;

  /** A time to live outside of the bounds becomes the nearest within. */
  public Lease {
    ttl = ttl.compareTo(SHORTEST) < 0 ? SHORTEST : ttl.compareTo(LONGEST) > 0 ? LONGEST : ttl;
  }

  /** The lease of an instance; empty if it lives by a session. */
  public static Optional<Lease> of(ServiceInstance instance) {
    String holder = instance.metadata().get(HOLDER);
    String ttl = instance.metadata().get(TTL);
    if (holder == null || ttl == null || !ttl.matches("[0-9]{1," + MOST_DIGITS + "}")) {
      return Optional.empty();
    }
    return Optional.of(new Lease(holder, Duration.ofSeconds(Long.parseLong(ttl))));
  }

  /** The instance with this lease in place of any other. */
  ServiceInstance of(ServiceInstance instance, Map<String, String> notes) {
    Map<String, String> metadata = new TreeMap<>(withoutReserved(instance).metadata());
    metadata.putAll(notes);
    metadata.put(HOLDER, holder);
    metadata.put(TTL, Long.toString(ttl.toSeconds()));
    return instance.withMetadata(metadata);
  }

  /** What a gateway has noted of an instance, with the lease. */
  static Map<String, String> notes(ServiceInstance instance) {
    Map<String, String> notes = new TreeMap<>(instance.metadata());
    notes.keySet().removeIf(key -> !key.startsWith(RESERVED));
    return notes;
  }

  /** The instance as its owner described it: without a lease and what is noted beside it. */
  public static ServiceInstance withoutReserved(ServiceInstance instance) {
    if (instance.metadata().keySet().stream().noneMatch(key -> key.startsWith(RESERVED))) {
      return instance;
    }
    Map<String, String> metadata = new TreeMap<>(instance.metadata());
    metadata.keySet().removeIf(key -> key.startsWith(RESERVED));
    return instance.withMetadata(metadata);
  }

  /** The same instance, whoever counts: without the name of the holder. */
  public static ServiceInstance withoutHolder(ServiceInstance instance) {
    if (!instance.metadata().containsKey(HOLDER)) {
      return instance;
    }
    Map<String, String> metadata = new TreeMap<>(instance.metadata());
    metadata.remove(HOLDER);
    return instance.withMetadata(metadata);
  }
}
