package io.holdfast.spring.balancing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.reactive.LoadBalancerClientRequestTransformer;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/**
 * Ends the requests of a {@code WebClient} whose caller cancels them, by a {@code timeout} for
 * example. Spring Cloud says nothing to {@link RequestFeedback} then, and they would count as
 * active for an hour.
 *
 * <p>A filter before that of Spring Cloud puts a place for the instance into the request; Spring
 * Cloud's filter shows the instance to this transformer, which puts it there; the filter sees the
 * cancellation. The place also has what is observed around the exchange, which no thread says.
 */
final class CancelledExchanges
    implements BeanPostProcessor, LoadBalancerClientRequestTransformer, ExchangeFilterFunction {

  private static final String PLACE = CancelledExchanges.class.getName();

  /** Where the instance of one exchange is put. */
  private static final class Place {

    private final AtomicReference<@Nullable ChosenInstance> chosen = new AtomicReference<>();
    private final @Nullable Observation around;

    Place(@Nullable Observation around) {
      this.around = around;
    }

    private void cancelled() {
      ChosenInstance there = chosen.get();
      if (there != null) {
        there.outpaced();
      }
    }
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof WebClient.Builder builder) {
      builder.filters(filters -> filters.add(0, this));
    }
    return bean;
  }

  @Override
  public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
    return Mono.deferContextual(
        context -> {
          Object around = context.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
          Place place = new Place(around instanceof Observation there ? there : null);
          ClientRequest marked = ClientRequest.from(request).attribute(PLACE, place).build();
          return next.exchange(marked).doOnCancel(place::cancelled);
        });
  }

  @Override
  public ClientRequest transformRequest(ClientRequest request, ServiceInstance instance) {
    if (request.attributes().get(PLACE) instanceof Place place
        && instance instanceof ChosenInstance chosen) {
      chosen.within(place.around);
      place.chosen.set(chosen);
    }
    return request;
  }
}
