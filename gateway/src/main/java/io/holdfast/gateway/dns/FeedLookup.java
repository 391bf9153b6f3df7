package io.holdfast.gateway.dns;

import io.holdfast.gateway.ServiceFeed;
import io.holdfast.gateway.ServiceState;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The services of the gateway by their names in lower case. Notes which were asked for, when. */
final class FeedLookup implements ServiceLookup {

  private final ServiceFeed feed;

  /** The name that a service has, by that in lower case; of two that differ in case, the first. */
  private final Map<String, Asked> byLowerCase = new ConcurrentHashMap<>();

  /** A service, and when it was last answered for. */
  private static final class Asked {
    private final String service;
    private volatile boolean ever;
    private volatile long at;

    Asked(String service) {
      this.service = service;
    }
  }

  FeedLookup(ServiceFeed feed) {
    this.feed = feed;
    feed.services().keySet().forEach(this::know);
  }

  private Asked know(String service) {
    return byLowerCase.computeIfAbsent(
        service.toLowerCase(Locale.ROOT), none -> new Asked(service));
  }

  @Override
  public boolean isReady() {
    return feed.isListed();
  }

  @Override
  public Optional<ServiceSnapshot> find(String service) {
    Asked asked = byLowerCase.get(service);
    if (asked == null) {
      return Optional.empty();
    }
    asked.at = System.nanoTime();
    asked.ever = true;
    return feed.service(asked.service).map(ServiceState::snapshot);
  }

  @Override
  public int serial() {
    return (int) feed.index();
  }

  /**
   * Notes a change.
   *
   * @param ttl how long others keep an answer
   * @return true if others may still go by an answer that names an instance which has left
   */
  boolean isRemembered(ServiceState before, ServiceState after, Duration ttl) {
    Asked asked = know(after.service());
    boolean recently = asked.ever && System.nanoTime() - asked.at <= Durations.nanos(ttl);
    return recently && leaves(before.snapshot(), after.snapshot());
  }

  private static boolean leaves(ServiceSnapshot before, ServiceSnapshot after) {
    for (RegisteredInstance there : before.up()) {
      if (after.find(there.id()).filter(now -> isUp(now)).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static boolean isUp(RegisteredInstance instance) {
    return instance.instance().status() == InstanceStatus.UP;
  }
}
