package io.holdfast.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.console.Changes;
import io.holdfast.election.Leadership;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockLostException;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One leader's term: keeps the slices of some services in step, in the caller's thread. It writes
 * only what the cluster says now: an outage of the registry changes no slice. What it knows of the
 * slices is read at the beginning, after each failure, and once in a while, so that what others
 * change or delete comes back.
 *
 * <p>A drain is acknowledged when the server has the slice, and so much later as the nodes need to
 * hear of it; of that nobody is told.
 */
final class SlicePublisher {

  private static final Logger LOG = LoggerFactory.getLogger(SlicePublisher.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final int CONFLICTS = 5;
  private static final int MOST_NAMES = 10;

  /**
   * How it goes about it.
   *
   * @param publisher the label of its slices
   * @param services by name in the registry: the Service of Kubernetes
   * @param debounce as in {@link Changes}
   * @param resync the longest time between two readings of the slices
   * @param spread how long a drain waits after the write
   * @param orphans what becomes of slices of services that are not published any more
   */
  record Settings(
      String publisher,
      Map<String, String> services,
      Duration debounce,
      Duration resync,
      Duration spread,
      Orphans orphans) {}

  /** Slices of this publisher of services that it is not to publish. */
  enum Orphans {
    KEEP,
    DELETE
  }

  private final Leadership leadership;
  private final ApiServer api;
  private final Settings settings;
  private final Consumer<String> say;
  private final Changes changes;
  private final Executor afterSpread;

  /** For each service, what completes when its latest change is written. */
  private final Map<String, CompletableFuture<Void>> latest = new ConcurrentHashMap<>();

  /** By Service and name, as the server has them; empty if that has to be read. */
  private final Map<String, Map<String, Slice>> slices = new HashMap<>();

  private final Map<String, Stamp> stamps = new HashMap<>();

  /** By service, what was said last. */
  private final Map<String, String> said = new HashMap<>();

  private boolean isRead;
  private Duration pause = Duration.ZERO;

  SlicePublisher(Leadership leadership, ApiServer api, Settings settings, Consumer<String> say) {
    this.leadership = leadership;
    this.api = api;
    this.settings = settings;
    this.say = say;
    this.changes = new Changes(settings.debounce());
    this.afterSpread =
        CompletableFuture.delayedExecutor(settings.spread().toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Goes on until the term ends. */
  void run(Registry registry) throws InterruptedException {
    CompletableFuture<?> ended = leadership.lost().toCompletableFuture();
    ended.thenRun(changes::add);
    List<ServiceView> views = new ArrayList<>();
    try {
      for (String service : settings.services().keySet()) {
        ServiceView view = registry.view(service);
        views.add(view);
        view.onChangeAsync(change -> changed(service));
      }
      long readAt = System.nanoTime();
      while (leadership.isLeader()) {
        if (pause.isZero()) {
          changes.await(settings.resync().minusNanos(System.nanoTime() - readAt));
        } else {
          sleep(ended, pause);
        }
        isRead &= System.nanoTime() - readAt < settings.resync().toNanos();
        if (!isRead) {
          readAt = System.nanoTime();
        }
        round(views);
      }
    } catch (LockLostException e) {
      LOG.debug("the term has ended", e);
    } finally {
      views.forEach(ServiceView::close);
    }
  }

  /** Changes do not end it. */
  private static void sleep(CompletableFuture<?> ended, Duration pause)
      throws InterruptedException {
    try {
      ended.get(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      LOG.debug("the next try");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the loss of a leadership never fails", e);
    }
  }

  private CompletableFuture<Void> changed(String service) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    latest.put(service, written);
    changes.add();
    return written;
  }

  private void round(List<ServiceView> views) throws InterruptedException {
    Duration next = Duration.ZERO;
    for (ServiceView view : views) {
      CompletableFuture<Void> seen = latest.get(view.service());
      try {
        if (bring(view) && seen != null) {
          seen.completeAsync(() -> null, afterSpread);
        }
      } catch (ApiException e) {
        tell(view.service(), String.valueOf(e.getMessage()));
        isRead = false;
        if (e.isPassing()) {
          next = pause(e);
          if (!e.isConflict()) {
            // The others would meet the same.
            break;
          }
        }
      }
    }
    pause = next;
  }

  /** At least what the server wants; else longer each time, and not the same for all. */
  private Duration pause(ApiException e) {
    Duration longer = pause.isZero() ? SHORTEST_PAUSE : pause.multipliedBy(2);
    Duration bounded = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
    long spread = ThreadLocalRandom.current().nextLong(bounded.toNanos() / 2 + 1);
    return e.retryAfter().orElse(bounded).plusNanos(spread);
  }

  /** True if the slices show what the registry has. */
  private boolean bring(ServiceView view) throws ApiException, InterruptedException {
    for (int conflicts = 0; ; conflicts++) {
      try {
        readIfNeeded();
        ServiceSnapshot snapshot = view.snapshot();
        if (!snapshot.isCurrent()) {
          return false;
        }
        write(view.service(), Endpoints.of(snapshot));
        return true;
      } catch (ApiException e) {
        isRead = false;
        if (!e.isConflict() || conflicts == CONFLICTS) {
          throw e;
        }
      }
    }
  }

  private void write(String service, Endpoints wanted) throws ApiException, InterruptedException {
    String target = settings.services().getOrDefault(service, service);
    Stamp stamp = stamps.get(target);
    if (stamp == null) {
      stamp = stamp(target);
      stamps.put(target, stamp);
    }
    Map<String, Slice> there = slices.computeIfAbsent(target, none -> new LinkedHashMap<>());
    SlicePlan plan = SlicePlan.of(List.copyOf(there.values()), wanted.byKind(), stamp);
    for (Slice slice : plan.creates()) {
      leadership.ensureLeader();
      Slice created = api.create(slice);
      there.put(created.name(), created);
    }
    for (Slice slice : plan.updates()) {
      leadership.ensureLeader();
      there.put(slice.name(), api.replace(slice));
    }
    for (Slice slice : plan.deletes()) {
      leadership.ensureLeader();
      api.delete(slice);
      there.remove(slice.name());
    }
    tell(service, inStep(target, wanted, there.size()));
  }

  private static String inStep(String target, Endpoints wanted, int slices) {
    int endpoints = wanted.byKind().values().stream().mapToInt(List::size).sum();
    String text = "%s: %d endpoints in %d slices".formatted(target, endpoints, slices);
    List<String> out = wanted.leftOut();
    return out.isEmpty()
        ? text
        : "%s; left out, since Kubernetes takes addresses only, and none of loopback: %s"
            .formatted(text, some(out));
  }

  private static String some(List<String> names) {
    String text = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
    return names.size() <= MOST_NAMES
        ? text
        : text + " and " + (names.size() - MOST_NAMES) + " more";
  }

  private void readIfNeeded() throws ApiException, InterruptedException {
    if (isRead) {
      return;
    }
    slices.clear();
    stamps.clear();
    Set<String> targets = new HashSet<>(settings.services().values());
    List<Slice> orphans = new ArrayList<>();
    for (Slice slice : api.slices(settings.publisher())) {
      String target = slice.label(Slice.SERVICE);
      if (targets.contains(target)) {
        slices.computeIfAbsent(target, none -> new LinkedHashMap<>()).put(slice.name(), slice);
      } else {
        orphans.add(slice);
      }
    }
    isRead = true;
    orphaned(orphans);
  }

  private void orphaned(List<Slice> orphans) throws ApiException, InterruptedException {
    if (orphans.isEmpty()) {
      return;
    }
    String names = some(orphans.stream().map(Slice::name).toList());
    if (settings.orphans() == Orphans.KEEP) {
      tell("", "slices of services that are not published any more (--delete-orphans): " + names);
      return;
    }
    try {
      for (Slice slice : orphans) {
        checkTerm(slice);
        leadership.ensureLeader();
        api.delete(slice);
      }
      tell("", "deleted, since their services are not published any more: " + names);
    } catch (ApiException e) {
      if (e.isConflict()) {
        throw e;
      }
      // What is published does not wait for it; the next reading tries again.
      tell("", "slices of services that are not published any more stay: " + e.getMessage());
    }
  }

  /** Looks at the Service, and whether its slices may be ours. */
  private Stamp stamp(String target) throws ApiException, InterruptedException {
    JsonNode service;
    try {
      service = api.service(target);
    } catch (ApiException e) {
      throw e.isNotFound()
          ? ApiException.lasting(
              "there is no Service "
                  + target
                  + " in "
                  + api.namespace()
                  + ": make one, headless"
                  + " (clusterIP: None) and without a selector")
          : e;
    }
    JsonNode spec = service.path("spec");
    if (!spec.path("selector").isEmpty()) {
      throw ApiException.lasting(
          "the Service " + target + " has a selector: Kubernetes makes its slices itself");
    }
    if (spec.path("type").asText("").equals("ExternalName")) {
      throw ApiException.lasting("the Service " + target + " is a name, and has no endpoints");
    }
    for (Slice slice : slices.getOrDefault(target, Map.of()).values()) {
      checkTerm(slice);
    }
    return new Stamp(
        target,
        service.path("metadata").path("uid").asText(),
        spec.path("clusterIP").asText("").equals("None"),
        settings.publisher(),
        leadership.term());
  }

  private void checkTerm(Slice slice) throws ApiException {
    String text = slice.annotation(Slice.TERM);
    FencingToken last;
    try {
      last = text.isEmpty() ? FencingToken.NONE : FencingToken.parse(text);
    } catch (IllegalArgumentException e) {
      // Somebody has changed it by hand; it is ours by its labels.
      last = FencingToken.NONE;
    }
    if (last.compareTo(leadership.term()) > 0) {
      throw ApiException.lasting(
          slice.name()
              + " was written by a later leader ("
              + last
              + ") than this one ("
              + leadership.term()
              + "): another process leads, or the registry's store was restored without"
              + " 'holdfast generation bump'");
    }
  }

  /** Says what is new. */
  private void tell(String service, String what) {
    if (!what.equals(said.put(service, what))) {
      say.accept(service.isEmpty() ? what : service + ": " + what);
    }
  }
}
