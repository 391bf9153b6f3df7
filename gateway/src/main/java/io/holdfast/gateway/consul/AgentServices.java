package io.holdfast.gateway.consul;

import io.holdfast.gateway.ServiceFeed;
import io.holdfast.gateway.ServiceState;
import io.holdfast.gateway.consul.ServicePlaces.Place;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.lease.LeasedInstances;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services that clients of Consul register, as one agent's for all gateways: ids are unique
 * over the whole fleet.
 *
 * <p>A report of a check renews the instance's lease, and is written only if the result is another.
 * A check that was not reported for its TTL takes the instance out of the registry; the next report
 * brings it back as it was, from any gateway that saw it go, within an hour.
 *
 * <p>A check by HTTP is made by the gateway, and its instance stays, critical, while it fails.
 *
 * <p>What it has done is shown by this gateway before it is acknowledged.
 */
final class AgentServices implements AutoCloseable {

  private static final long SHOWN_MILLIS = 3_000;
  private static final Logger LOG = LoggerFactory.getLogger(AgentServices.class);

  private final ServiceFeed feed;
  private final LeasedInstances leases;
  private final BooleanSupplier hasSession;
  private final HttpChecks checks;
  private final LapsedServices lapsed = new LapsedServices();
  private final ServicePlaces places;

  AgentServices(Vertx vertx, ServiceFeed feed, LeasedInstances leases, BooleanSupplier hasSession) {
    this.hasSession = hasSession;
    this.feed = feed;
    this.leases = leases;
    this.checks = new HttpChecks(vertx, this::makes, this::made, this::postponed);
    this.places = new ServicePlaces(checks, lapsed);
    feed.services().values().forEach(places::learn);
  }

  /** Notes a change, however it came about. */
  void changed(ServiceState before, ServiceState after) {
    places.changed(before, after);
  }

  /** Registers a service, or describes it anew. A check that it had keeps its result. */
  CompletableFuture<Void> register(ServiceDefinition definition) {
    ServiceInstance instance = definition.instance();
    Optional<ConsulNote> before =
        find(new Place(instance.service(), instance.id())).flatMap(ConsulInstance::note);
    ServiceDefinition as =
        before.flatMap(ConsulNote::check).map(definition::withStatusOf).orElse(definition);
    Place other = places.ofId(instance.id());
    CompletableFuture<Void> registered =
        put(
            before.isPresent()
                ? as.withNote(as.note().withMaintenance(before.get().maintenance()))
                : as);
    // Only once it is there: a registration that is refused leaves what was.
    return other == null || other.service().equals(instance.service())
        ? registered
        : registered.thenCompose(
            done -> leases.cancel(other.service(), other.id()).thenApply(gone -> null));
  }

  private CompletableFuture<Void> put(ServiceDefinition as) {
    ServiceInstance instance = as.instance();
    Map<String, String> notes = as.note().asMetadata();
    feed.follow(instance.service());
    return leases
        .register(instance, as.ttl(), notes)
        .thenCompose(
            done -> {
              places.learn(instance, as.note());
              return shown(
                  instance.service(),
                  snapshot ->
                      snapshot
                          .find(instance.id())
                          .filter(there -> isAs(there, instance, notes))
                          .isPresent());
            });
  }

  private static boolean isAs(
      RegisteredInstance there, ServiceInstance instance, Map<String, String> notes) {
    return there.instance().metadata().entrySet().containsAll(notes.entrySet())
        && there.instance().host().equals(instance.host())
        && there.instance().ports().equals(instance.ports());
  }

  /** Removes a service; fails with 404 if there is none by this id. */
  CompletableFuture<Void> deregister(String id) {
    Place place = places.removeId(id);
    if (place == null) {
      return notFound("Unknown service ID \"" + id + "\"");
    }
    find(place)
        .flatMap(ConsulInstance::note)
        .flatMap(ConsulNote::check)
        .ifPresent(check -> lapsed.recall(check.id()));
    return leases
        .cancel(place.service(), id)
        .thenCompose(done -> shown(place.service(), snapshot -> snapshot.find(id).isEmpty()));
  }

  /** Whether this gateway makes a check by HTTP now. */
  private boolean makes(String checkId) {
    Place place = places.ofCheck(checkId);
    return place != null
        && hasSession.getAsBoolean()
        && find(place).filter(there -> leases.counts(there.instance())).isPresent();
  }

  /** Takes what came of a check by HTTP. What is critical is not renewed: it goes away some day. */
  private void made(String checkId, CheckStatus status, String output) {
    Place place = places.ofCheck(checkId);
    Optional<ConsulNote.Check> check = check(place, checkId).filter(it -> it.http().isPresent());
    if (place == null || check.isEmpty()) {
      return;
    }
    if (status != CheckStatus.CRITICAL) {
      leases.renew(place.service(), place.id());
    }
    // The text changes with every failure: it is written with the status only, and the first time.
    if (check.get().status() != status || check.get().output().isEmpty()) {
      change(place, note -> noted(note, status, output))
          .exceptionally(
              failure -> {
                LOG.debug("the result of {} is not written yet", checkId, failure);
                return null;
              });
    }
  }

  /** That this gateway is too busy to check an instance does not take it out. */
  private void postponed(String checkId) {
    Place place = places.ofCheck(checkId);
    if (place != null
        && check(place, checkId).filter(it -> it.status() != CheckStatus.CRITICAL).isPresent()) {
      leases.renew(place.service(), place.id());
    }
  }

  private Optional<ConsulNote.Check> check(@Nullable Place place, String checkId) {
    return place == null
        ? Optional.empty()
        : find(place)
            .flatMap(ConsulInstance::note)
            .flatMap(ConsulNote::check)
            .filter(there -> there.id().equals(checkId));
  }

  /** Takes the result of a check, which renews the instance. */
  CompletableFuture<Void> report(String checkId, CheckStatus status, String output) {
    Place place = places.ofCheck(checkId);
    Optional<ConsulNote.Check> check = check(place, checkId);
    if (check.flatMap(ConsulNote.Check::http).isPresent()) {
      return CompletableFuture.failedFuture(
          new BadRequestException(500, "CheckID \"" + checkId + "\" does not have associated TTL"));
    }
    if (place == null || check.isEmpty() || !leases.renew(place.service(), place.id())) {
      return lapsed
          .recall(checkId)
          .map(as -> put(reported(as, status, output)))
          .orElseGet(() -> notFound("Unknown check ID \"" + checkId + "\""));
    }
    if (!hasSession.getAsBoolean()) {
      // It counts here; but to the other gateways this one is dead, so clients must go to those.
      return CompletableFuture.failedFuture(new BadRequestException(500, "No cluster leader"));
    }
    if (check.get().status() == status) {
      return CompletableFuture.completedFuture(null);
    }
    return change(place, note -> noted(note, status, output));
  }

  private static ServiceDefinition reported(
      ServiceDefinition as, CheckStatus status, String output) {
    return as.withNote(noted(as.note(), status, output));
  }

  private static ConsulNote noted(ConsulNote note, CheckStatus status, String output) {
    return note.check().map(one -> note.withCheck(one.with(status, output))).orElse(note);
  }

  /** Takes a service out, or lets it back in. */
  CompletableFuture<Void> maintain(String id, Optional<String> why) {
    Place place = places.ofId(id);
    return place == null
        ? notFound("Unknown service ID \"" + id + "\"")
        : change(place, note -> note.withMaintenance(why));
  }

  private CompletableFuture<Void> change(Place place, UnaryOperator<ConsulNote> change) {
    return leases
        .update(
            place.service(),
            place.id(),
            instance ->
                ConsulNote.of(instance)
                    .map(
                        note -> {
                          ConsulNote next = change.apply(note);
                          String text = next.asMetadata().getOrDefault(ConsulNote.KEY, "");
                          return instance
                              .withStatus(next.status())
                              .withMetadata(ConsulNote.KEY, text);
                        })
                    .orElse(instance))
        .thenCompose(
            done ->
                done
                    ? shown(
                        place.service(),
                        snapshot ->
                            snapshot
                                .find(place.id())
                                .flatMap(there -> ConsulNote.of(there.instance()))
                                .filter(note -> change.apply(note).equals(note))
                                .isPresent())
                    : notFound("Unknown service ID \"" + place.id() + "\""));
  }

  /** What clients of Consul have registered here or at another gateway, by id. */
  Map<String, ConsulInstance> all() {
    Map<String, ConsulInstance> all = new TreeMap<>();
    places.forEach((id, place) -> find(place).ifPresent(there -> all.put(id, there)));
    return all;
  }

  Optional<ConsulInstance> find(String id) {
    return Optional.ofNullable(places.ofId(id)).flatMap(this::find);
  }

  private Optional<ConsulInstance> find(Place place) {
    return feed.service(place.service())
        .flatMap(state -> state.snapshot().find(place.id()))
        .map(ConsulInstance::of);
  }

  /** Makes no more checks. */
  @Override
  public void close() {
    checks.close();
  }

  private static CompletableFuture<Void> notFound(String message) {
    return CompletableFuture.failedFuture(new BadRequestException(404, message));
  }

  /** Waits until this gateway shows it, or for a while. */
  private CompletableFuture<Void> shown(String service, Predicate<ServiceSnapshot> enough) {
    return feed.until(service, enough, SHOWN_MILLIS).thenApply(whether -> null);
  }
}
