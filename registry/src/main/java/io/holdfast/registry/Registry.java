package io.holdfast.registry;

import io.holdfast.admin.DirectoryListing;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.registry.internal.Waiting;
import io.holdfast.registry.internal.WorkerThread;
import io.holdfast.registry.internal.disk.DiskCache;
import io.holdfast.registry.internal.format.InstanceLimits;
import io.holdfast.registry.internal.health.HealthMonitor;
import io.holdfast.registry.internal.publication.DirectoryReads;
import io.holdfast.registry.internal.publication.GoodbyeSweeper;
import io.holdfast.registry.internal.publication.InstanceMarkers;
import io.holdfast.registry.internal.publication.OverrideWarnings;
import io.holdfast.registry.internal.publication.Publication;
import io.holdfast.registry.internal.view.NamesListener;
import io.holdfast.registry.internal.view.Relisting;
import io.holdfast.registry.internal.view.ServiceReader;
import io.holdfast.registry.internal.view.SharedView;
import io.holdfast.registry.internal.view.ViewAnnouncements;
import io.holdfast.registry.internal.view.ViewContext;
import io.holdfast.spi.Durations;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Publishes this process's instances, and shows those of all processes.
 *
 * <p>One per {@link Coordinator} is enough; it is safe for use by many threads. It does not own the
 * coordinator: close the registry first, then the coordinator.
 *
 * <pre>{@code
 * Registry registry = new Registry(coordinator);
 * Registration me = registry.register(ServiceInstance.http("payment", "node-1", "10.0.0.1", 8080));
 * ServiceView others = registry.view("payment");
 * others.awaitInstances(3, Duration.ofSeconds(10));
 * }</pre>
 */
public final class Registry implements AutoCloseable {

  private final Coordinator coordinator;
  private final RegistryOptions options;
  private final RegistryFormat format;
  private final Clock clock;
  private final WorkerThread listeners = new WorkerThread("holdfast-registry-listeners");
  private final WorkerThread checks = new WorkerThread("holdfast-registry-health");
  private final WorkerThread disk = new WorkerThread("holdfast-registry-disk");
  private final DirectoryReads sharedReads = new DirectoryReads();
  private final ServiceReader reader;
  private final GoodbyeSweeper goodbyes;
  private final OverrideWarnings overrideWarnings;
  private final ViewContext support;
  private final Object monitor = new Object();

  /** Guarded by {@link #monitor}, as is all below. Holds those with a view open. */
  private final Map<String, WatchedService> views = new HashMap<>();

  private final Set<Registration> registrations = new HashSet<>();
  private final Set<NamesListener> namesListeners = new HashSet<>();
  private boolean closed;

  /** A service with a view open. */
  private static final class WatchedService {

    private final SharedView shared;

    /** How many views are open. Guarded by {@link #monitor}. */
    private int users;

    WatchedService(SharedView shared) {
      this.shared = shared;
    }
  }

  /** With {@link RegistryOptions#defaults}. */
  public Registry(Coordinator coordinator) {
    this(coordinator, RegistryOptions.defaults(coordinator.options()));
  }

  /** A registry with these options. */
  public Registry(Coordinator coordinator, RegistryOptions options) {
    this(coordinator, options, RegistryFormat.holdfast());
  }

  /**
   * A registry in a foreign format, to share a fleet with programs that do not use Holdfast. There
   * are no overrides then, and no goodbyes: nothing but instances is written.
   */
  public Registry(Coordinator coordinator, RegistryOptions options, RegistryFormat format) {
    this(coordinator, options, format, Clock.systemUTC());
  }

  /** With a test's own clock; it is used only for times that people read. */
  public Registry(
      Coordinator coordinator, RegistryOptions options, RegistryFormat format, Clock clock) {
    this.coordinator = coordinator;
    this.format = format;
    this.options = options;
    this.clock = clock;
    this.reader = new ServiceReader(coordinator, format, clock);
    this.goodbyes = new GoodbyeSweeper(coordinator, clock);
    this.overrideWarnings = new OverrideWarnings(coordinator);
    CoordinatorOptions connection = coordinator.options();
    this.support =
        new ViewContext(
            options.protection(),
            new ViewAnnouncements(coordinator),
            new Relisting(
                coordinator.context(), connection.sessionTimeout(), connection.requestTimeout()),
            listeners,
            options.cache().map(DiskCache::new),
            disk,
            InstanceMarkers.areIn(format) ? Optional.of(goodbyes) : Optional.empty(),
            clock);
  }

  /**
   * Publishes an instance and keeps it published until the registration is closed. Blocks until
   * others can see it, for at most {@link RegistryOptions#patience}.
   *
   * <p>A registration takes over the id from an instance that had it before, a crashed predecessor
   * for example, and gets a later epoch.
   *
   * @throws UnavailableException if the cluster did not take it in time; it is withdrawn then
   * @throws InterruptedException if interrupted; it is withdrawn then
   * @throws IllegalStateException if the registry or its coordinator is closed, or if it has this
   *     id registered already
   */
  public Registration register(ServiceInstance instance) throws InterruptedException {
    return awaitPublished(List.of(begin(instance, Optional.empty()))).get(0);
  }

  /**
   * {@link #register}s an instance that is {@link InstanceStatus#STARTING} at first. Its health
   * check sets the status from then on.
   *
   * @param check the health check; runs until the registration is closed
   * @param policy how often it runs, and how many results change the status
   */
  public Registration register(ServiceInstance instance, HealthCheck check, HealthPolicy policy)
      throws InterruptedException {
    ServiceInstance starting = instance.withStatus(InstanceStatus.STARTING);
    return awaitPublished(List.of(begin(starting, Optional.of(new Checked(check, policy))))).get(0);
  }

  /**
   * {@link #register}s many instances, in few round trips: their writes travel together. If one
   * cannot be published in time, all are withdrawn.
   */
  public List<Registration> registerAll(Collection<ServiceInstance> instances)
      throws InterruptedException {
    List<Registration> begun = new ArrayList<>();
    try {
      instances.forEach(instance -> begun.add(begin(instance, Optional.empty())));
    } catch (IllegalStateException e) {
      begun.forEach(Registration::closeAsync);
      throw e;
    }
    return awaitPublished(begun);
  }

  private List<Registration> awaitPublished(List<Registration> begun) throws InterruptedException {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(
            begun.stream().map(Registration::published).toArray(CompletableFuture<?>[]::new));
    boolean published = false;
    try {
      published = Waiting.upTo(options.patience(), all);
    } finally {
      if (!published) {
        begun.forEach(Registration::closeAsync);
      }
    }
    if (!published) {
      throw notPublished(begun);
    }
    return begun;
  }

  private RuntimeException notPublished(List<Registration> begun) {
    ServiceInstance first = begun.get(0).instance();
    String what =
        first.service()
            + "/"
            + first.id()
            + (begun.size() > 1 ? " and " + (begun.size() - 1) + " more" : "");
    if (coordinator.isClosed()) {
      return new IllegalStateException(
          what + " could not be registered: " + coordinator + " was closed meanwhile");
    }
    return new UnavailableException(
        what
            + " could not be registered within "
            + Durations.millis(options.patience())
            + " ms: "
            + coordinator
                .whyNoSession()
                .map(RuntimeException::getMessage)
                .orElse("is the cluster up?"));
  }

  /**
   * Like {@link #register}, without waiting and without a bound: goes on until the cluster takes it
   * or the registration is closed.
   *
   * @throws IllegalStateException if the registry or its coordinator is closed, or if it has this
   *     id registered already
   */
  public Registration registerAsync(ServiceInstance instance) {
    return begin(instance, Optional.empty());
  }

  /** How to check an instance's health. */
  private record Checked(HealthCheck check, HealthPolicy policy) {}

  private Registration begin(ServiceInstance instance, Optional<Checked> health) {
    // Fails here, and not at each try in the background, for what the format cannot hold.
    format.encode(instance);
    Publication publication =
        new Publication(coordinator, format, sharedReads, clock, options.auditEvery(), instance);
    Registration registration =
        new Registration(
            coordinator,
            publication,
            options,
            format,
            sink ->
                health.map(
                    there ->
                        new HealthMonitor(
                            publication.key().path(),
                            coordinator.context(),
                            checks,
                            there.check(),
                            there.policy(),
                            sink)));
    List<Registration> before;
    synchronized (monitor) {
      requireOpen();
      before = registrations.stream().filter(registration::hasKeyOf).toList();
      if (!before.stream().allMatch(Registration::isWithdrawing)) {
        throw new IllegalStateException(
            instance.service() + "/" + instance.id() + " is registered here already: update it");
      }
      registrations.add(registration);
    }
    registration.withdrawn().thenRun(() -> forget(registration));
    // One session cannot tell the entries of two registrations apart.
    CompletableFuture.allOf(
            before.stream().map(Registration::withdrawn).toArray(CompletableFuture<?>[]::new))
        .thenRun(registration::start);
    if (InstanceMarkers.areIn(format)) {
      goodbyes.perhapsSweep(publication.key().parent());
      publication
          .published()
          .thenRun(
              () ->
                  coordinator
                      .context()
                      .execute(() -> overrideWarnings.warnOf(registration.instance())));
    }
    return registration;
  }

  private void forget(Registration registration) {
    synchronized (monitor) {
      registrations.remove(registration);
    }
  }

  /**
   * Watches a service. All views of one service share one watch. Does not wait for the cluster: see
   * {@link ServiceView#await}. With a cache the first view of a service reads its file, and shows
   * that as {@link Freshness#DISK} until the cluster answers.
   *
   * @throws IllegalArgumentException if {@code service} is not a name
   * @throws IllegalStateException if the registry or its coordinator is closed
   */
  public ServiceView view(String service) {
    InstanceLimits.name("service", service);
    WatchedService watched;
    boolean isNew;
    synchronized (monitor) {
      requireOpen();
      isNew = !views.containsKey(service);
      watched =
          views.computeIfAbsent(
              service,
              name -> new WatchedService(new SharedView(coordinator, name, format, support)));
      watched.users++;
    }
    if (isNew) {
      coordinator.tell(() -> new RegistryEvent.ViewOpened(service));
      watched.shared.start();
    }
    return new ServiceView(watched.shared, () -> release(watched));
  }

  /**
   * What the open views of a service show now. Cheap.
   *
   * @return empty if there is no view of it
   */
  public Optional<ServiceSnapshot> shown(String service) {
    synchronized (monitor) {
      return Optional.ofNullable(views.get(service)).map(watched -> watched.shared.snapshot());
    }
  }

  /** The services that have a view open. */
  public Set<String> viewed() {
    synchronized (monitor) {
      return Set.copyOf(views.keySet());
    }
  }

  /** The registrations of this registry that are not withdrawn yet. */
  public List<Registration> registrations() {
    synchronized (monitor) {
      return List.copyOf(registrations);
    }
  }

  /**
   * Calls {@code listener} with what happens to the views, registrations and drains of all
   * registries on this coordinator from now on, as {@link Coordinator#listen} does.
   *
   * @return stops it
   */
  public Runnable listen(Consumer<? super RegistryEvent> listener) {
    return coordinator.listen(
        event -> {
          if (event instanceof RegistryEvent ours) {
            listener.accept(ours);
          }
        });
  }

  private void release(WatchedService watched) {
    SharedView shared = watched.shared;
    boolean last;
    synchronized (monitor) {
      watched.users--;
      last = watched.users == 0 && views.remove(shared.service(), watched);
    }
    if (last) {
      coordinator.tell(() -> new RegistryEvent.ViewClosed(shared.service()));
      shared.stop();
    }
  }

  /**
   * The names of the services, sorted. Includes every service whose registration was acknowledged
   * to any client before the call, on every backend. May include a service without instances.
   *
   * @return fails with {@link UnavailableException} or {@link
   *     io.holdfast.coordination.SessionLostException}; waits without a bound while there is no
   *     session: set one yourself
   */
  public CompletableFuture<List<String>> services() {
    return coordinator.context().told(reader.names().thenApply(DirectoryListing::found));
  }

  /**
   * Reads the instances of a service once. Shows every change that was acknowledged to any client
   * before the call, on every backend and through any server of it, and costs the cluster a round
   * trip to its leader: to ask often, open a {@link #view}.
   *
   * @return fails and waits as {@link #services} does
   */
  public CompletableFuture<ServiceSnapshot> list(String service) {
    return coordinator
        .context()
        .told(reader.read(service).thenApply(ServiceReader.Service::snapshot));
  }

  /**
   * Calls {@code listener} with the names of the services, sorted: when the cluster first says
   * them, and each time that a name has come or gone. While the cluster cannot be reached nothing
   * is said, and after that the latest. As with {@link #services}, a service may have no instances;
   * changes of its instances are a {@link #view}'s.
   *
   * <p>Stands on a watch: while no instance changes it costs the cluster nothing on ZooKeeper, and
   * on etcd a look at the names of all instances once per session time-out. etcd tells the watch of
   * each change of any instance.
   *
   * @param listener called on the registry's listener thread, one call at a time; must not block.
   *     Changes in quick succession may be said as one. Its exceptions are logged
   * @return stops it
   * @throws IllegalStateException if the registry or its coordinator is closed
   */
  public Runnable onServices(Consumer<? super List<String>> listener) {
    NamesListener names = new NamesListener(coordinator, format.services(), listeners, listener);
    synchronized (monitor) {
      requireOpen();
      namesListeners.add(names);
    }
    names.start();
    return () -> {
      synchronized (monitor) {
        namesListeners.remove(names);
      }
      names.stop();
    };
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the registry is closed");
    }
    if (coordinator.isClosed()) {
      throw new IllegalStateException(
          coordinator + " is closed, and with it what the registry could do: open another");
    }
  }

  /**
   * Withdraws every registration and ends every view. Idempotent. Blocks for at most {@link
   * RegistryOptions#patience}; entries that could not be removed by then end with the session.
   */
  @Override
  public void close() {
    List<Registration> published;
    List<WatchedService> watched;
    synchronized (monitor) {
      closed = true;
      published = List.copyOf(registrations);
      watched = List.copyOf(views.values());
      views.clear();
      namesListeners.forEach(NamesListener::stop);
      namesListeners.clear();
    }
    watched.forEach(service -> service.shared.stop());
    listeners.close();
    checks.close();
    CompletableFuture<Void> withdrawn =
        CompletableFuture.allOf(
            published.stream().map(Registration::closeAsync).toArray(CompletableFuture<?>[]::new));
    Waiting.upToUninterrupted(options.patience(), withdrawn);
    disk.close();
    disk.awaitEnd(options.patience());
  }
}
