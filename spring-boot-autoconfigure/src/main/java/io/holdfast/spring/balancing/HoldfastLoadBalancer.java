package io.holdfast.spring.balancing;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.Endpoint;
import io.holdfast.loadbalancer.LoadBalancer;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultResponse;
import org.springframework.cloud.client.loadbalancer.EmptyResponse;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.RetryableRequestContext;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;

/**
 * Chooses an instance of one service for each request, from the view as it is at that moment: there
 * is no cache, so an instance that drains is not chosen once the view has the change. A retry
 * leaves out the instance of the try before.
 */
public final class HoldfastLoadBalancer implements ReactorServiceInstanceLoadBalancer {

  private static final Logger LOG = LoggerFactory.getLogger(HoldfastLoadBalancer.class);

  private final String service;
  private final ServiceBalancers balancers;
  private final @Nullable String affinityHeader;
  private final @Nullable ReactorServiceInstanceLoadBalancer fallback;

  /**
   * A balancer of {@code service}.
   *
   * @param affinityHeader the request header that keeps requests together; null if there is none
   * @param fallback asked if the registry knows no instance of the service; null if nobody is
   */
  public HoldfastLoadBalancer(
      String service,
      ServiceBalancers balancers,
      @Nullable String affinityHeader,
      @Nullable ReactorServiceInstanceLoadBalancer fallback) {
    this.service = service;
    this.balancers = balancers;
    this.affinityHeader = affinityHeader;
    this.fallback = fallback;
  }

  @Override
  @SuppressWarnings("rawtypes") // as in the interface
  public Mono<Response<ServiceInstance>> choose(Request request) {
    return Mono.defer(
        () ->
            Mono.fromFuture(balancers.views().known(service), true)
                .flatMap(
                    snapshot ->
                        snapshot.isEmpty() && fallback != null
                            ? fallback.choose(request)
                            : Mono.just(chosen(request.getContext()))));
  }

  private Response<ServiceInstance> chosen(@Nullable Object context) {
    LoadBalancer balancer = balancers.balancer(service);
    Affinity affinity = affinity(context);
    Set<String> exclude = tried(context);
    Optional<Endpoint> endpoint = Optional.empty();
    if (!exclude.isEmpty()) {
      endpoint = affinity == null ? balancer.choose(exclude) : balancer.choose(affinity, exclude);
    }
    if (endpoint.isEmpty()) {
      endpoint = affinity == null ? balancer.choose() : balancer.choose(affinity);
    }
    if (endpoint.isEmpty()) {
      LOG.warn("no instance of {} to choose: {}", service, balancer.whyNone());
      return new EmptyResponse();
    }
    return new DefaultResponse(new ChosenInstance(endpoint.get(), affinity));
  }

  private static Set<String> tried(@Nullable Object context) {
    ServiceInstance before =
        context instanceof RetryableRequestContext retry
            ? retry.getPreviousServiceInstance()
            : null;
    return before == null || before.getInstanceId() == null
        ? Set.of()
        : Set.of(before.getInstanceId());
  }

  private @Nullable Affinity affinity(@Nullable Object context) {
    if (affinityHeader == null || !(context instanceof RequestDataContext data)) {
      return null;
    }
    RequestData request = data.getClientRequest();
    HttpHeaders headers = request == null ? null : request.getHeaders();
    String key = headers == null ? null : headers.getFirst(affinityHeader);
    return key == null ? null : Affinity.of(key);
  }
}
