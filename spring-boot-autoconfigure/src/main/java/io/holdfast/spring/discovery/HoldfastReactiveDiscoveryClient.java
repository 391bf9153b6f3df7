package io.holdfast.spring.discovery;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** As {@link HoldfastDiscoveryClient}; never blocks the thread that subscribes. */
public final class HoldfastReactiveDiscoveryClient implements ReactiveDiscoveryClient {

  private final ServiceViews views;
  private final int order;

  /** Over {@code views}, at {@code order} among other clients. */
  public HoldfastReactiveDiscoveryClient(ServiceViews views, int order) {
    this.views = views;
    this.order = order;
  }

  @Override
  public String description() {
    return "Holdfast";
  }

  @Override
  public Flux<ServiceInstance> getInstances(String serviceId) {
    return Mono.defer(() -> Mono.fromFuture(views.known(serviceId), true))
        .flatMapIterable(snapshot -> snapshot.up())
        .map(HoldfastServiceInstance::of);
  }

  @Override
  public Flux<String> getServices() {
    return Mono.fromCallable(views::names)
        .subscribeOn(Schedulers.boundedElastic())
        .flatMapIterable(names -> names);
  }

  @Override
  public int getOrder() {
    return order;
  }
}
