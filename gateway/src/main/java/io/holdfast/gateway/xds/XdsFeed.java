package io.holdfast.gateway.xds;

import com.google.protobuf.Message;
import io.envoyproxy.controlplane.cache.ConfigWatcher;
import io.envoyproxy.controlplane.cache.DeltaResponse;
import io.envoyproxy.controlplane.cache.DeltaWatch;
import io.envoyproxy.controlplane.cache.DeltaXdsRequest;
import io.envoyproxy.controlplane.cache.Response;
import io.envoyproxy.controlplane.cache.Watch;
import io.envoyproxy.controlplane.cache.WatchCancelledException;
import io.envoyproxy.controlplane.cache.XdsRequest;
import io.grpc.Status;
import io.holdfast.gateway.ServiceFeed;
import io.holdfast.gateway.ServiceState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests for resources: at once if the client has not what there is, else when it
 * changes.
 *
 * <p>Each client asks for the services that it calls, so that what is made and sent follows what is
 * wanted. A service's resources are made once for each change, by the worker. The protocol bounds
 * what is under way: a stream has one answer of a kind on its way, and the next one is what is true
 * when the client has taken that.
 */
final class XdsFeed implements ConfigWatcher {

  private static final Logger LOG = LoggerFactory.getLogger(XdsFeed.class);

  /** The name under which those wait that want all. */
  private static final String ALL = "";

  private final ServiceFeed feed;
  private final XdsStreams streams;
  private final Executor worker;
  private final HostAddresses addresses;
  private final ConcurrentSkipListMap<String, ServiceResources> current =
      new ConcurrentSkipListMap<>();

  /** By the service that they wait for. */
  private final Map<String, Set<Waiting>> waiting = new ConcurrentHashMap<>();

  /** Makes a change and its number one step for those that answer. */
  private final ReadWriteLock step = new ReentrantReadWriteLock();

  /** Counts the changes. Guarded by {@link #step}. */
  private long sequence = 1;

  /** When each service has changed last. Used by the worker only. */
  private final Map<String, Long> changedAt = new HashMap<>();

  /** What the worker has yet to take. Guarded by this. */
  private Map<String, Change> changes = new LinkedHashMap<>();

  private record Change(ServiceState state, List<CompletableFuture<Void>> stages) {}

  /** A client that has what there is. */
  private static final class Waiting {
    private final Watch watch;
    private final XdsType type;
    private final Set<String> names;
    private final String seen;
    private final AtomicBoolean answered = new AtomicBoolean();

    Waiting(Watch watch, XdsType type, Set<String> names, String seen) {
      this.watch = watch;
      this.type = type;
      this.names = names;
      this.seen = seen;
    }

    Set<String> keys() {
      return names.isEmpty() ? Set.of(ALL) : names;
    }
  }

  private record Answer(List<Message> resources, Set<String> found, String digest, long sequence) {}

  /**
   * Empty.
   *
   * @param worker runs one thing at a time
   * @param names where hosts that are names are looked up, which blocks
   */
  XdsFeed(
      ServiceFeed feed,
      XdsStreams streams,
      Executor worker,
      HostAddresses.Resolver resolver,
      Executor names) {
    this.feed = feed;
    this.streams = streams;
    this.worker = worker;
    this.addresses = new HostAddresses(resolver, names, this::addressesChanged);
  }

  private void addressesChanged(Set<String> services) {
    try {
      services.forEach(service -> feed.service(service).ifPresent(this::changed));
    } catch (RejectedExecutionException e) {
      LOG.debug("a name was looked up while the door closes", e);
    }
  }

  /** Looks up names again; to be called every few seconds. */
  void refreshAddresses() {
    Set<String> used = new HashSet<>();
    for (ServiceState state : feed.services().values()) {
      used.addAll(hosts(state));
    }
    addresses.refresh(used::contains);
  }

  private static List<String> hosts(ServiceState state) {
    return state.snapshot().instances().stream().map(it -> it.instance().host()).toList();
  }

  /** To be told of each change; the stage is done once the clients have it. */
  CompletionStage<?> changed(ServiceState after) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    synchronized (this) {
      Change before = changes.get(after.service());
      List<CompletableFuture<Void>> stages = new ArrayList<>();
      if (before != null) {
        stages.addAll(before.stages());
      }
      stages.add(done);
      changes.put(after.service(), new Change(after, stages));
    }
    worker.execute(this::takeChanges);
    return done;
  }

  private void takeChanges() {
    Map<String, Change> taken;
    synchronized (this) {
      taken = changes;
      changes = new LinkedHashMap<>();
    }
    Set<Waiting> touched = new HashSet<>();
    taken.forEach(
        (service, change) -> {
          if (update(change.state())) {
            touched.addAll(waiting.getOrDefault(service, Set.of()));
            touched.addAll(waiting.getOrDefault(ALL, Set.of()));
          }
        });
    touched.forEach(this::answerIfNew);
    taken.forEach(
        (service, change) ->
            change
                .stages()
                .forEach(
                    stage ->
                        streams.whenAcknowledged(
                            service, changedAt.getOrDefault(service, 0L), stage)));
  }

  /** False if nothing that a client sees has changed: an outage of the store, say. */
  private boolean update(ServiceState state) {
    if (!state.isKnown()) {
      return false;
    }
    ServiceResources before = current.get(state.service());
    if (before == null && !addresses.areLookedUp(state.service(), hosts(state))) {
      // A client is not to see a part only because names take their time.
      return false;
    }
    ServiceResources next = ServiceResources.of(state.snapshot(), addresses);
    if (before != null && before.isSame(next)) {
      return false;
    }
    step.writeLock().lock();
    try {
      current.put(state.service(), next);
      sequence++;
      changedAt.put(state.service(), sequence);
    } finally {
      step.writeLock().unlock();
    }
    return true;
  }

  @Override
  public Watch createWatch(
      boolean ads,
      XdsRequest request,
      Set<String> known,
      Consumer<Response> consumer,
      boolean hasClusterChanged,
      boolean allowDefaultEmptyEdsUpdate) {
    Watch watch = new Watch(ads, allowDefaultEmptyEdsUpdate, request, consumer);
    XdsType type = XdsType.of(request.getTypeUrl()).orElse(null);
    if (type == null) {
      return watch;
    }
    Set<String> names = Set.copyOf(new HashSet<>(request.getResourceNamesList()));
    Answer now = answer(type, names);
    // What the client has refused is not sent to it again until it changes.
    String seen =
        request.hasErrorDetail() ? now.digest() : XdsVersion.digest(request.getVersionInfo());
    boolean first = request.getResponseNonce().isEmpty();
    boolean unanswered = !known.containsAll(now.found());
    if ((first || unanswered || !now.digest().equals(seen)) && !isTooEarly(names, now)) {
      respond(watch, now);
      return watch;
    }
    wait(new Waiting(watch, type, names, first ? "" : now.digest()));
    return watch;
  }

  /** Nothing is said of a service that the store has not been asked for yet, or that is made. */
  private boolean isTooEarly(Set<String> names, Answer now) {
    return now.found().size() < names.size()
        && (!feed.isReady() || names.stream().anyMatch(name -> isBeingMade(name, now)));
  }

  private boolean isBeingMade(String name, Answer now) {
    return !now.found().contains(name)
        && feed.service(name).filter(ServiceState::isKnown).isPresent();
  }

  private void wait(Waiting client) {
    for (String key : client.keys()) {
      waiting.compute(
          key,
          (name, there) -> {
            Set<Waiting> some = there == null ? ConcurrentHashMap.newKeySet() : there;
            some.add(client);
            return some;
          });
    }
    client.watch.setStop(() -> forget(client));
    // It may have changed before the client was known to wait.
    answerIfNew(client);
  }

  private void forget(Waiting client) {
    for (String key : client.keys()) {
      waiting.computeIfPresent(
          key,
          (name, there) -> {
            there.remove(client);
            return there.isEmpty() ? null : there;
          });
    }
  }

  private void answerIfNew(Waiting client) {
    Answer now = answer(client.type, client.names);
    if (now.digest().equals(client.seen)
        || isTooEarly(client.names, now)
        || !client.answered.compareAndSet(false, true)) {
      return;
    }
    forget(client);
    respond(client.watch, now);
  }

  private static void respond(Watch watch, Answer answer) {
    try {
      watch.respond(
          Response.create(
              watch.request(),
              answer.resources(),
              XdsVersion.of(answer.digest(), answer.sequence())));
    } catch (WatchCancelledException e) {
      LOG.debug("a client has asked for something else meanwhile", e);
    }
  }

  /** Without names, all clusters; listeners of clients that ask for all are those of proxies. */
  private Answer answer(XdsType type, Set<String> names) {
    step.readLock().lock();
    try {
      return answerNow(type, names);
    } finally {
      step.readLock().unlock();
    }
  }

  private Answer answerNow(XdsType type, Set<String> names) {
    Collection<String> wanted =
        !names.isEmpty()
            ? new TreeSet<>(names)
            : type == XdsType.CLUSTER ? current.keySet() : List.of();
    List<Message> resources = new ArrayList<>();
    Set<String> found = new HashSet<>();
    StringBuilder digests = new StringBuilder();
    for (String name : wanted) {
      ServiceResources there = current.get(name);
      if (there != null) {
        resources.add(there.message(type));
        found.add(name);
        digests.append(there.digest(type));
      }
    }
    return new Answer(
        resources,
        found,
        Digest.of(digests.toString().getBytes(StandardCharsets.US_ASCII)),
        sequence);
  }

  @Override
  public DeltaWatch createDeltaWatch(
      DeltaXdsRequest request,
      String requesterVersion,
      Map<String, String> resourceVersions,
      Set<String> pendingResources,
      boolean isWildcard,
      Consumer<DeltaResponse> responseConsumer,
      boolean hasClusterChanged) {
    throw Status.UNIMPLEMENTED.asRuntimeException();
  }

  /** How many entries of clients wait; for tests. */
  int waiting() {
    return waiting.values().stream().mapToInt(Set::size).sum();
  }
}
