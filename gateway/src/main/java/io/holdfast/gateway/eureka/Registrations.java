package io.holdfast.gateway.eureka;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.gateway.GatewayParts;
import io.holdfast.gateway.eureka.Applications.Entry;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.lease.Lease;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What clients and peers write. Answers with Eureka's status codes. */
final class Registrations {

  /** What is written is waited for, so that the client's next request finds it. */
  private static final long VISIBLE_MILLIS = 2_000;

  private static final int OK = 200;
  private static final int DONE = 204;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int AWAY = 503;

  private static final String BY = "eureka/";
  private static final String WHY = "a status override by Eureka's interface";

  private final GatewayParts parts;
  private final Applications applications;
  private final Clock clock;

  Registrations(GatewayParts parts, Applications applications, Clock clock) {
    this.parts = parts;
    this.applications = applications;
    this.clock = clock;
  }

  /**
   * Registers an instance, unless what is known of it is newer by the client's own clock.
   *
   * @throws IllegalArgumentException if it is not as it should be
   */
  CompletableFuture<Integer> register(String application, JsonNode tree) {
    Registration wanted = Registration.read(application, tree, clock.millis());
    ServiceInstance instance = wanted.instance();
    Optional<Entry> there =
        applications.find(application, tree.path("instanceId").asText()).filter(this::isLeased);
    long dirty = dirty(wanted.note());
    if (there.filter(entry -> dirty(entry.document()) > dirty).isPresent()
        && parts.leases().renew(instance.service(), instance.id())) {
      return CompletableFuture.completedFuture(DONE);
    }
    parts.feed().follow(instance.service());
    String note = wanted.notes().get(Registration.NOTE);
    return parts
        .leases()
        .register(instance, wanted.ttl(), wanted.notes())
        .thenCompose(
            done ->
                parts
                    .feed()
                    .until(
                        instance.service(),
                        now ->
                            now.find(instance.id())
                                .map(found -> found.instance().metadata().get(Registration.NOTE))
                                .filter(found -> found.equals(note))
                                .isPresent(),
                        VISIBLE_MILLIS))
        .thenApply(shown -> DONE);
  }

  private boolean isLeased(Entry entry) {
    return Lease.of(leased(entry)).isPresent();
  }

  /** As the feed has it, with its holder. */
  private ServiceInstance leased(Entry entry) {
    ServiceInstance instance = entry.there().instance();
    return parts
        .feed()
        .service(instance.service())
        .flatMap(state -> state.snapshot().find(instance.id()))
        .map(RegisteredInstance::instance)
        .orElse(instance);
  }

  private static long dirty(JsonNode document) {
    return document.path("lastDirtyTimestamp").asLong();
  }

  /**
   * Renews an instance. A gateway whose session is over counts the renewal, and yet sends the
   * client to the others: to those it is dead, and they remove what is not renewed with them.
   *
   * @param dirty the client's version of the instance, if it says one
   * @param peer whether a peer passes it on
   */
  int renew(String application, String id, OptionalLong dirty, boolean peer) {
    Optional<Entry> there = applications.find(application, id);
    if (there.isEmpty()) {
      return NOT_FOUND;
    }
    ServiceInstance instance = there.get().there().instance();
    boolean renewed = parts.leases().renew(instance.service(), instance.id());
    if (renewed && parts.coordinator().current().isEmpty()) {
      return AWAY;
    }
    if (!renewed || dirty.isEmpty()) {
      // One that has a session needs no renewal.
      return OK;
    }
    long ours = dirty(there.get().document());
    if (dirty.getAsLong() > ours) {
      return NOT_FOUND;
    }
    return dirty.getAsLong() < ours && peer ? CONFLICT : OK;
  }

  CompletableFuture<Integer> cancel(String application, String id) {
    Optional<ServiceInstance> there = find(application, id);
    if (there.isEmpty()) {
      return CompletableFuture.completedFuture(NOT_FOUND);
    }
    String service = there.get().service();
    String ours = there.get().id();
    return parts
        .leases()
        .cancel(service, ours)
        .thenCompose(
            done ->
                done
                    ? parts
                        .feed()
                        .until(service, now -> now.find(ours).isEmpty(), VISIBLE_MILLIS)
                        .thenApply(gone -> OK)
                    : CompletableFuture.completedFuture(NOT_FOUND));
  }

  private Optional<ServiceInstance> find(String application, String id) {
    return applications.find(application, id).map(entry -> entry.there().instance());
  }

  CompletableFuture<Integer> metadata(
      String application, String id, Iterable<Map.Entry<String, String>> added) {
    Optional<ServiceInstance> there = find(application, id);
    if (there.isEmpty()) {
      return CompletableFuture.completedFuture(NOT_FOUND);
    }
    ServiceInstance instance = there.get();
    ServiceInstance probe = instance;
    for (Map.Entry<String, String> one : added) {
      if (one.getKey().startsWith(Lease.RESERVED)) {
        throw new IllegalArgumentException("keys do not begin with " + Lease.RESERVED);
      }
      probe = probe.withMetadata(one.getKey(), one.getValue());
    }
    Map<String, String> wanted = probe.metadata();
    return parts
        .leases()
        .update(
            instance.service(),
            instance.id(),
            now -> {
              ServiceInstance changed = now;
              for (Map.Entry<String, String> one : added) {
                changed = changed.withMetadata(one.getKey(), one.getValue());
              }
              return changed;
            })
        .thenCompose(
            done ->
                done
                    ? parts
                        .feed()
                        .until(
                            instance.service(),
                            now ->
                                now.find(instance.id())
                                    .filter(
                                        found ->
                                            found
                                                .instance()
                                                .metadata()
                                                .entrySet()
                                                .containsAll(wanted.entrySet()))
                                    .isPresent(),
                            VISIBLE_MILLIS)
                        .thenApply(shown -> OK)
                    : CompletableFuture.completedFuture(NOT_FOUND));
  }

  /**
   * Overrides a status. UP takes an override back: what is DOWN by itself stays so, as in Eureka.
   *
   * @throws IllegalArgumentException if it is no status
   */
  CompletableFuture<Integer> override(
      String application, String id, @Nullable String value, String by) {
    EurekaStatus status =
        EurekaStatus.parse(value == null ? "" : value)
            .orElseThrow(() -> new IllegalArgumentException("no such status"));
    if (status == EurekaStatus.UP || status == EurekaStatus.UNKNOWN) {
      return clearOverride(application, id, by);
    }
    Optional<Entry> there = applications.find(application, id);
    if (there.isEmpty()) {
      return CompletableFuture.completedFuture(NOT_FOUND);
    }
    if (isOperators(there.get().there())) {
      return CompletableFuture.completedFuture(CONFLICT);
    }
    ServiceInstance instance = there.get().there().instance();
    InstanceStatus ours = status.ours();
    return parts
        .admin()
        .override(instance.service(), instance.id(), ours, BY + by, WHY)
        .thenCompose(
            done ->
                shown(
                    instance,
                    found -> found.override().filter(one -> one.status() == ours).isPresent()));
  }

  /** An operator's own override, a drain for instance, is not Eureka's to change. */
  private static boolean isOperators(RegisteredInstance there) {
    return there.override().filter(one -> !one.by().startsWith(BY)).isPresent();
  }

  CompletableFuture<Integer> clearOverride(String application, String id, String by) {
    Optional<Entry> there = applications.find(application, id);
    if (there.isEmpty()) {
      return CompletableFuture.completedFuture(NOT_FOUND);
    }
    if (isOperators(there.get().there())) {
      return CompletableFuture.completedFuture(CONFLICT);
    }
    ServiceInstance instance = there.get().there().instance();
    return parts
        .admin()
        .clearOverride(instance.service(), instance.id(), BY + by, WHY)
        .thenCompose(done -> shown(instance, found -> found.override().isEmpty()));
  }

  private CompletableFuture<Integer> shown(
      ServiceInstance instance, Predicate<RegisteredInstance> as) {
    return parts
        .feed()
        .until(
            instance.service(),
            now -> now.find(instance.id()).filter(as).isPresent(),
            VISIBLE_MILLIS)
        .thenApply(shown -> OK);
  }
}
