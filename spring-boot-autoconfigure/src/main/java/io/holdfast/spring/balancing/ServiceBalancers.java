package io.holdfast.spring.balancing;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.spring.discovery.ServiceViews;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One balancer for each service that the application calls, with what it has learnt of the
 * instances. Safe for use by many threads. An application may take a balancer for calls of its own.
 */
public final class ServiceBalancers {

  private final ServiceViews views;
  private final Function<String, Policy> policies;
  private final Map<String, LoadBalancer> balancers = new ConcurrentHashMap<>();
  private final List<Consumer<LoadBalancer>> observers = new CopyOnWriteArrayList<>();

  /**
   * Balancers over {@code views}.
   *
   * @param policies from a service's name to how it is balanced
   */
  public ServiceBalancers(ServiceViews views, Function<String, Policy> policies) {
    this.views = views;
    this.policies = policies;
  }

  /** The balancer of a service; opens a view of it at the first call. */
  public LoadBalancer balancer(String service) {
    return balancers.computeIfAbsent(service, this::make);
  }

  private LoadBalancer make(String service) {
    LoadBalancer made = new LoadBalancer(views.view(service), policies.apply(service));
    observers.forEach(observer -> observer.accept(made));
    return made;
  }

  /** The views that they balance over. */
  public ServiceViews views() {
    return views;
  }

  /** The balancers that there are, by service. */
  public Map<String, LoadBalancer> all() {
    return Map.copyOf(balancers);
  }

  /** Calls {@code observer} with every balancer, those that are there and those to come. */
  public void onEach(Consumer<LoadBalancer> observer) {
    observers.add(observer);
    balancers.values().forEach(observer);
  }
}
