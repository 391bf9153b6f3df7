package io.holdfast.registry;

import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.UnavailableException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes this process's instances, and shows everyone's.
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

  /** Where the instances of all services are in our own format. */
  static final Key DIRECTORY = Key.of("services");

  private final Coordinator coordinator;
  private final RegistryOptions options;
  private final RegistryFormat format;
  private final ListenerThread listeners = new ListenerThread();
  private final Audience audience;
  private final Object monitor = new Object();

  /** Guarded by {@link #monitor}, as is all below. Holds those with a view open. */
  private final Map<String, SharedView> views = new HashMap<>();

  private final Set<Registration> registrations = new HashSet<>();
  private boolean closed;

  /** With {@link RegistryOptions#defaults}. */
  public Registry(Coordinator coordinator) {
    this(coordinator, RegistryOptions.defaults(coordinator.options()));
  }

  /** A registry that behaves as {@code options} say. */
  public Registry(Coordinator coordinator, RegistryOptions options) {
    this(coordinator, options, RegistryFormat.holdfast());
  }

  /** A registry in a foreign format, to share a fleet with programs that do not use Holdfast. */
  public Registry(Coordinator coordinator, RegistryOptions options, RegistryFormat format) {
    this.coordinator = coordinator;
    this.format = format;
    this.options = options;
    this.audience = new Audience(coordinator);
  }

  /**
   * Publishes an instance and keeps it published until the registration is closed. Blocks until
   * others can see it, for at most {@link RegistryOptions#patience}.
   *
   * <p>Whoever registers an id takes it over from an instance that had it before, a crashed
   * predecessor for example, and gets a later epoch.
   *
   * @throws UnavailableException if the cluster did not take it in time; it is withdrawn then
   * @throws InterruptedException if interrupted; it is withdrawn then
   * @throws IllegalStateException if the registry is closed, or has this id registered already
   */
  public Registration register(ServiceInstance instance) throws InterruptedException {
    Registration registration = begin(instance);
    boolean published = false;
    try {
      published = Waiting.upTo(options.patience(), registration.published());
    } finally {
      if (!published) {
        registration.closeAsync();
      }
    }
    if (!published) {
      throw new UnavailableException(
          instance.service()
              + "/"
              + instance.id()
              + " could not be registered within "
              + options.patience().toMillis()
              + " ms: is the cluster up?");
    }
    return registration;
  }

  /**
   * Like {@link #register}, without waiting and without a bound: goes on until the cluster takes it
   * or the registration is closed.
   *
   * @throws IllegalStateException if the registry is closed, or has this id registered already
   */
  public Registration registerAsync(ServiceInstance instance) {
    return begin(instance);
  }

  private Registration begin(ServiceInstance instance) {
    Registration registration = new Registration(coordinator, options, format, instance);
    synchronized (monitor) {
      requireOpen();
      if (registrations.stream().anyMatch(other -> other.conflictsWith(registration))) {
        throw new IllegalStateException(
            instance.service() + "/" + instance.id() + " is registered here already: update it");
      }
      registrations.add(registration);
    }
    registration.withdrawn().thenRun(() -> forget(registration));
    registration.start();
    return registration;
  }

  private void forget(Registration registration) {
    synchronized (monitor) {
      registrations.remove(registration);
    }
  }

  /**
   * Watches a service. All views of one service share one watch. Does not wait: see {@link
   * ServiceView#await}.
   *
   * @throws IllegalArgumentException if {@code service} is not a name
   * @throws IllegalStateException if the registry is closed
   */
  public ServiceView view(String service) {
    Limits.name("service", service);
    SharedView shared;
    boolean isNew;
    synchronized (monitor) {
      requireOpen();
      isNew = !views.containsKey(service);
      shared =
          views.computeIfAbsent(
              service, name -> new SharedView(coordinator, name, format, listeners, audience));
      shared.users++;
    }
    if (isNew) {
      shared.start();
    }
    return new ServiceView(shared, () -> release(shared));
  }

  private void release(SharedView shared) {
    boolean last;
    synchronized (monitor) {
      shared.users--;
      last = shared.users == 0 && views.remove(shared.service(), shared);
    }
    if (last) {
      shared.stop();
    }
  }

  /**
   * Names the services, sorted. One that has lost its last instance may still be among them.
   *
   * @return fails with {@link UnavailableException} or {@link
   *     io.holdfast.coordination.SessionLostException}; waits while there is no session: bound it
   *     yourself
   */
  public CompletableFuture<List<String>> services() {
    return coordinator
        .session()
        .thenCompose(session -> session.names(format.services(), Consistency.LINEARIZABLE));
  }

  /**
   * Reads the instances of a service once.
   *
   * @return fails and waits as {@link #services} does
   */
  public CompletableFuture<ServiceSnapshot> list(String service) {
    Key directory = format.directory(Limits.name("service", service));
    return coordinator
        .session()
        .thenCompose(session -> session.list(directory, Consistency.LINEARIZABLE))
        .thenApply(snapshot -> new InstanceReader(service, format).read(snapshot));
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the registry is closed");
    }
  }

  /**
   * Withdraws every registration and ends every view. Idempotent. Blocks for at most {@link
   * RegistryOptions#patience}; what the cluster could not be told by then goes with the session.
   */
  @Override
  public void close() {
    List<Registration> published;
    List<SharedView> watched;
    synchronized (monitor) {
      closed = true;
      published = List.copyOf(registrations);
      watched = List.copyOf(views.values());
      views.clear();
    }
    watched.forEach(SharedView::stop);
    listeners.close();
    CompletableFuture<Void> withdrawn =
        CompletableFuture.allOf(
            published.stream().map(Registration::closeAsync).toArray(CompletableFuture<?>[]::new));
    Waiting.upToUninterrupted(options.patience(), withdrawn);
  }
}
