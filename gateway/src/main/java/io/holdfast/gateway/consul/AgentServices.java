package io.holdfast.gateway.consul;

import io.holdfast.gateway.ServiceFeed;
import io.holdfast.gateway.ServiceState;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.lease.LeasedInstances;
import io.holdfast.spi.Durations;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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

  private static final Duration SHOWN_WITHIN = Duration.ofSeconds(3);
  private static final Logger LOG = LoggerFactory.getLogger(AgentServices.class);

  private final ServiceFeed feed;
  private final LeasedInstances leases;
  private final BooleanSupplier hasSession;
  private final HttpChecks checks;
  private final Map<String, Place> byId = new ConcurrentHashMap<>();
  private final Map<String, Place> byCheck = new ConcurrentHashMap<>();

  private final LapsedServices lapsed = new LapsedServices();

  /** Where an instance is. */
  private record Place(String service, String id) {}

  AgentServices(Vertx vertx, ServiceFeed feed, LeasedInstances leases, BooleanSupplier hasSession) {
    this.hasSession = hasSession;
    this.feed = feed;
    this.leases = leases;
    this.checks = new HttpChecks(vertx, this::makes, this::made, this::postponed);
    feed.services().values().forEach(this::learn);
  }

  private void learn(ServiceState state) {
    state.snapshot().instances().forEach(this::learn);
  }

  private void learn(RegisteredInstance there) {
    ConsulNote.of(there.instance()).ifPresent(note -> learn(there.instance(), note));
  }

  private void learn(ServiceInstance instance, ConsulNote note) {
    Place place = new Place(instance.service(), instance.id());
    byId.put(instance.id(), place);
    note.check()
        .ifPresent(
            check -> {
              byCheck.put(check.id(), place);
              check
                  .http()
                  .ifPresentOrElse(
                      probe -> checks.follow(check.id(), probe), () -> checks.forget(check.id()));
            });
  }

  /** Notes a change, however it came about. */
  void changed(ServiceState before, ServiceState after) {
    for (RegisteredInstance there : after.snapshot().instances()) {
      if (before.snapshot().find(there.id()).filter(there::equals).isEmpty()) {
        learn(there);
      }
    }
    for (RegisteredInstance gone : before.snapshot().instances()) {
      if (after.snapshot().find(gone.id()).isEmpty()) {
        ConsulNote.of(gone.instance()).ifPresent(note -> forget(gone, note));
      }
    }
  }

  private void forget(RegisteredInstance gone, ConsulNote note) {
    ServiceInstance instance = gone.instance();
    Place place = new Place(instance.service(), instance.id());
    boolean mayReturn = byId.remove(instance.id(), place);
    note.check()
        .ifPresent(
            check -> {
              if (byCheck.remove(check.id(), place)) {
                checks.forget(check.id());
              }
              // What the gateway itself checks nobody reports.
              if (mayReturn && check.http().isEmpty()) {
                lapsed.remember(check.id(), instance, note);
              }
            });
  }

  /** Registers a service, or describes it anew. A check that it had keeps its result. */
  CompletableFuture<Void> register(ServiceDefinition definition) {
    ServiceInstance instance = definition.instance();
    Optional<ConsulNote> before =
        find(new Place(instance.service(), instance.id())).flatMap(ConsulInstance::note);
    ServiceDefinition as =
        before.flatMap(ConsulNote::check).map(definition::withStatusOf).orElse(definition);
    Place other = byId.get(instance.id());
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
              learn(instance, as.note());
              return shown(
                  instance.service(),
                  state ->
                      state
                          .snapshot()
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
    Place place = byId.remove(id);
    if (place == null) {
      return notFound("Unknown service ID \"" + id + "\"");
    }
    find(place)
        .flatMap(ConsulInstance::note)
        .flatMap(ConsulNote::check)
        .ifPresent(check -> lapsed.recall(check.id()));
    return leases
        .cancel(place.service(), id)
        .thenCompose(done -> shown(place.service(), state -> state.snapshot().find(id).isEmpty()));
  }

  /** Whether this gateway makes a check by HTTP now. */
  private boolean makes(String checkId) {
    Place place = byCheck.get(checkId);
    return place != null
        && hasSession.getAsBoolean()
        && find(place).filter(there -> leases.counts(there.instance())).isPresent();
  }

  /** Takes what came of a check by HTTP. What is critical is not renewed: it goes away some day. */
  private void made(String checkId, CheckStatus status, String output) {
    Place place = byCheck.get(checkId);
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
    Place place = byCheck.get(checkId);
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
    Place place = byCheck.get(checkId);
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
    Place place = byId.get(id);
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
                        state ->
                            find(place)
                                .flatMap(ConsulInstance::note)
                                .filter(note -> change.apply(note).equals(note))
                                .isPresent())
                    : notFound("Unknown service ID \"" + place.id() + "\""));
  }

  /** What clients of Consul have registered here or at another gateway, by id. */
  Map<String, ConsulInstance> all() {
    Map<String, ConsulInstance> all = new TreeMap<>();
    byId.forEach((id, place) -> find(place).ifPresent(there -> all.put(id, there)));
    return all;
  }

  Optional<ConsulInstance> find(String id) {
    return Optional.ofNullable(byId.get(id)).flatMap(this::find);
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
  private CompletableFuture<Void> shown(String service, Predicate<ServiceState> enough) {
    return shown(service, enough, System.nanoTime() + Durations.nanos(SHOWN_WITHIN));
  }

  private CompletableFuture<Void> shown(
      String service, Predicate<ServiceState> enough, long deadline) {
    long seen = feed.indexOf(Optional.of(service));
    long left = Durations.millis(Duration.ofNanos(deadline - System.nanoTime()));
    if (left <= 0 || feed.service(service).filter(enough).isPresent()) {
      return CompletableFuture.completedFuture(null);
    }
    return feed.changed(Optional.of(service), seen, left)
        .thenCompose(index -> shown(service, enough, deadline));
  }
}
