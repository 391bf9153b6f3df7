package io.holdfast.gateway.consul;

import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.lease.Lease;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Services that went without a word, since their check was not reported in time, by check: they may
 * come back as they were within an hour. Safe for use by many threads.
 */
final class LapsedServices {

  private static final int MOST = 10_000;

  /** The oldest goes first. Guarded by this. */
  private final Map<String, Lapsed> byCheck =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Lapsed> eldest) {
          return size() > MOST;
        }
      };

  /** An instance that was there, and until when it may come back, on the monotonic clock. */
  private record Lapsed(ServiceDefinition as, long until) {}

  synchronized void remember(String check, ServiceInstance instance, ConsulNote note) {
    Duration ttl = Lease.of(instance).map(Lease::ttl).orElse(Lease.LONGEST);
    ServiceDefinition as =
        new ServiceDefinition(Lease.withoutReserved(instance), note, ttl).withNote(note);
    byCheck.remove(check);
    byCheck.put(check, new Lapsed(as, System.nanoTime() + Durations.nanos(Lease.LONGEST)));
  }

  /** What it was; it is forgotten. */
  synchronized Optional<ServiceDefinition> recall(String check) {
    return Optional.ofNullable(byCheck.remove(check))
        .filter(there -> there.until() - System.nanoTime() > 0)
        .map(Lapsed::as);
  }
}
