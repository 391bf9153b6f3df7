package io.holdfast.spring.discovery;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** As {@link HoldfastDiscoveryClient}; never blocks the thread that subscribes. */
public final class HoldfastReactiveDiscoveryClient implements ReactiveDiscoveryClient {

  private final ServiceViews views;
  private final int order;
  private final LookupObservations observations;

  /** Over {@code views}, at {@code order} among other clients; {@code registry} has lookups. */
  public HoldfastReactiveDiscoveryClient(
      ServiceViews views, int order, ObservationRegistry registry) {
    this.views = views;
    this.order = order;
    this.observations = new LookupObservations(registry);
  }

  @Override
  public String description() {
    return "Holdfast";
  }

  @Override
  public Flux<ServiceInstance> getInstances(String serviceId) {
    return observed(
            () -> {
              views.view(serviceId);
              return observations.instances(serviceId);
            },
            Mono.defer(() -> Mono.fromFuture(views.known(serviceId), true))
                .map(snapshot -> snapshot.up()))
        .map(HoldfastServiceInstance::of);
  }

  /** The caller's observation is around it. */
  private static <T> Flux<T> observed(Supplier<Observation> made, Mono<List<T>> lookup) {
    return Mono.deferContextual(
            context -> {
              Observation observation = made.get();
              if (context.getOrDefault(ObservationThreadLocalAccessor.KEY, null)
                  instanceof Observation around) {
                observation.parentObservation(around);
              }
              observation.start();
              return lookup
                  .doOnNext(found -> LookupObservations.found(observation, found))
                  .doOnError(observation::error)
                  .doFinally(end -> observation.stop());
            })
        .flatMapIterable(found -> found);
  }

  @Override
  public Flux<String> getServices() {
    return observed(
        observations::services,
        Mono.fromCallable(views::names).subscribeOn(Schedulers.boundedElastic()));
  }

  @Override
  public int getOrder() {
    return order;
  }
}
