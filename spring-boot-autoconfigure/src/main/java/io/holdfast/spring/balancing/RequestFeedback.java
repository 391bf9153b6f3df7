package io.holdfast.spring.balancing;

import io.holdfast.loadbalancer.RequestOutcome;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.ResponseData;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Tells the balancer when a request goes out and how it ends. A server error (5xx) and an exception
 * count as failures of the instance; every other answer is a success.
 */
public final class RequestFeedback
    implements LoadBalancerLifecycle<Object, Object, ServiceInstance> {

  private final CallObservations observations;

  /** {@code registry} has an observation of each request. */
  public RequestFeedback(ObservationRegistry registry) {
    this.observations = new CallObservations(registry);
  }

  @Override
  public void onStart(Request<Object> request) {}

  @Override
  public void onStartRequest(Request<Object> request, Response<ServiceInstance> response) {
    if (response.getServer() instanceof ChosenInstance chosen) {
      chosen.begin(observations);
    }
  }

  @Override
  public void onComplete(CompletionContext<Object, ServiceInstance, Object> completion) {
    Response<ServiceInstance> response = completion.getLoadBalancerResponse();
    if (response != null && response.getServer() instanceof ChosenInstance chosen) {
      chosen.end(outcome(completion), completion.getThrowable());
    }
  }

  private static RequestOutcome outcome(
      CompletionContext<Object, ServiceInstance, Object> completion) {
    return switch (completion.status()) {
      case DISCARD -> RequestOutcome.ABANDONED;
      case FAILED -> RequestOutcome.FAILURE;
      case SUCCESS ->
          isServerError(completion.getClientResponse())
              ? RequestOutcome.FAILURE
              : RequestOutcome.SUCCESS;
    };
  }

  private static boolean isServerError(@Nullable Object answer) {
    HttpStatusCode status = null;
    if (answer instanceof ResponseData data) {
      status = data.getHttpStatus();
    } else if (answer instanceof ClientHttpResponse response) {
      try {
        status = response.getStatusCode();
      } catch (IOException e) {
        return true;
      }
    }
    return status != null && status.is5xxServerError();
  }
}
