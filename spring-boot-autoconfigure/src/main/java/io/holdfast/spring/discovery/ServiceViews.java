package io.holdfast.spring.discovery;

import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.spi.Observers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The views of all services that the application has asked for. A view is opened at the first look
 * and stays open, so that later looks cost nothing, and so that a drain waits for this process.
 * Safe for use by many threads.
 */
public final class ServiceViews implements AutoCloseable {

  /** More services than any application calls: a bound for names that come from outside. */
  static final int MOST = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(ServiceViews.class);

  private final Registry registry;
  private final Duration firstAnswer;
  private final Map<String, ServiceView> views = new ConcurrentHashMap<>();
  private final Observers<String> observers = new Observers<>();

  /** What the cluster last said. */
  private volatile List<String> knownNames = List.of();

  /**
   * Views of {@code registry}.
   *
   * @param firstAnswer how long a first look waits for the cluster
   */
  public ServiceViews(Registry registry, Duration firstAnswer) {
    this.registry = registry;
    this.firstAnswer = firstAnswer;
  }

  /**
   * The view of a service. Does not wait for the cluster. Do not close it.
   *
   * @throws IllegalArgumentException if it is not a service's name
   * @throws IllegalStateException if there are {@link #MOST} already, or the registry is closed
   */
  public ServiceView view(String service) {
    ServiceView there = views.get(service);
    if (there != null) {
      return there;
    }
    if (views.size() >= MOST) {
      throw new IllegalStateException(
          "views of " + MOST + " services are open already: who asks for so many?");
    }
    return views.computeIfAbsent(service, this::open);
  }

  private ServiceView open(String service) {
    ServiceView view = registry.view(service);
    view.onChange(
        change -> {
          if (!instances(change.before()).equals(instances(change.after()))) {
            observers.tell(service);
          }
        });
    return view;
  }

  /** What Spring Cloud's clients are shown of it. */
  private static List<ServiceInstance> instances(ServiceSnapshot snapshot) {
    return snapshot.up().stream().map(RegisteredInstance::instance).toList();
  }

  /**
   * Calls {@code observer} with the name of a service whenever its instances that take requests
   * have changed, if it has a view. On the registry's listener thread; must not block.
   *
   * @return stops it
   */
  Runnable onChange(Consumer<String> observer) {
    return observers.add(observer);
  }

  /**
   * Completes when a service's view has anything to show: the cluster's answer, or instances from
   * the disk; or when the time for the first answer is over. Never fails.
   */
  public CompletableFuture<ServiceSnapshot> known(String service) {
    ServiceView view = view(service);
    if (isKnown(view.snapshot())) {
      return CompletableFuture.completedFuture(view.snapshot());
    }
    CompletableFuture<ServiceSnapshot> first = new CompletableFuture<>();
    Runnable stop =
        view.onChange(
            change -> {
              if (isKnown(change.after())) {
                first.complete(change.after());
              }
            });
    if (isKnown(view.snapshot())) {
      first.complete(view.snapshot());
    }
    return first
        .completeOnTimeout(view.snapshot(), firstAnswer.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((done, never) -> stop.run())
        .thenApply(known -> view.snapshot());
  }

  private static boolean isKnown(ServiceSnapshot snapshot) {
    return snapshot.isCurrent() || !snapshot.isEmpty();
  }

  /**
   * The names of all services, sorted. Asks the cluster; if it does not answer in time, those that
   * were known before. Blocks for at most the time for the first answer.
   */
  public List<String> names() {
    try {
      List<String> found = registry.services().get(firstAnswer.toMillis(), TimeUnit.MILLISECONDS);
      knownNames = found;
      return found;
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("the names of the services are those known before", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    TreeSet<String> names = new TreeSet<>(knownNames);
    snapshots()
        .forEach(
            (service, snapshot) -> {
              if (!snapshot.isEmpty()) {
                names.add(service);
              }
            });
    return List.copyOf(names);
  }

  /** What the open views show now, by service. */
  public Map<String, ServiceSnapshot> snapshots() {
    Map<String, ServiceSnapshot> shown = new TreeMap<>();
    views.forEach((service, view) -> shown.put(service, view.snapshot()));
    return shown;
  }

  /** Closes all views. */
  @Override
  public void close() {
    views.values().forEach(ServiceView::close);
    views.clear();
  }
}
