package io.holdfast.spring.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceView;
import io.holdfast.spring.app.TestApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ConfigurableApplicationContext;

/** An application that leaves, seen by one of its clients. */
class InstanceLifecycleTest {

  private final String cluster = "memory://" + UUID.randomUUID() + "/lifecycle";

  private Coordinator client() {
    return Coordinator.connect(
        cluster, CoordinatorOptions.defaults().withOwner(Owner.thisProcess("the-client")));
  }

  @Test
  void close_whileAClientHoldsTheDrain_servesUntilItAcknowledges() throws Exception {
    ConfigurableApplicationContext application =
        TestApplication.start("accounts", "holdfast.connect=" + cluster);
    URI uri = URI.create("http://127.0.0.1:" + TestApplication.port(application) + "/work");
    try (Coordinator coordinator = client();
        Registry registry = new Registry(coordinator);
        ServiceView view = registry.view("accounts")) {
      assertThat(view.awaitInstances(1, Duration.ofSeconds(10))).isPresent();
      CompletableFuture<Void> acknowledged = new CompletableFuture<>();
      view.onChangeAsync(change -> acknowledged);
      CompletableFuture<Void> closed = CompletableFuture.runAsync(application::close);
      await()
          .until(
              () ->
                  view.snapshot().instances().stream()
                      .anyMatch(each -> each.instance().status() == InstanceStatus.DRAINING));
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(closed).isNotDone();
      acknowledged.complete(null);
      assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
      await().until(() -> view.snapshot().isEmpty());
    }
  }

  @Test
  void close_whenAClientNeverAcknowledges_isBoundedAndNamesIt() throws Exception {
    ConfigurableApplicationContext application =
        TestApplication.start(
            "accounts", "holdfast.connect=" + cluster, "holdfast.service.drain.bound=1s");
    InstanceLifecycle lifecycle = application.getBean(InstanceLifecycle.class);
    try (Coordinator coordinator = client();
        Registry registry = new Registry(coordinator);
        ServiceView view = registry.view("accounts")) {
      assertThat(view.awaitInstances(1, Duration.ofSeconds(10))).isPresent();
      view.onChangeAsync(change -> new CompletableFuture<>());
      assertThat(CompletableFuture.runAsync(application::close))
          .succeedsWithin(Duration.ofSeconds(10));
      DrainResult drained = lifecycle.drained().orElseThrow();
      assertThat(drained.isComplete()).isFalse();
      assertThat(drained.behind())
          .extracting(behind -> behind.owner().name())
          .containsExactly("the-client");
    }
  }

  @Test
  void readiness_refused_isDownUntilAcceptedAgain() {
    try (ConfigurableApplicationContext application =
        TestApplication.start("accounts", "holdfast.connect=" + cluster)) {
      InstanceLifecycle lifecycle = application.getBean(InstanceLifecycle.class);
      assertThat(status(lifecycle)).isEqualTo(InstanceStatus.UP);
      AvailabilityChangeEvent.publish(application, ReadinessState.REFUSING_TRAFFIC);
      assertThat(status(lifecycle)).isEqualTo(InstanceStatus.DOWN);
      AvailabilityChangeEvent.publish(application, ReadinessState.ACCEPTING_TRAFFIC);
      assertThat(status(lifecycle)).isEqualTo(InstanceStatus.UP);
    }
  }

  private static InstanceStatus status(InstanceLifecycle lifecycle) {
    return lifecycle.registration().orElseThrow().instance().status();
  }
}
