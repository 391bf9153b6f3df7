package io.holdfast.spring.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.loadbalancer.EndpointStatistics;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.spring.app.Accounts;
import io.holdfast.spring.app.Answers;
import io.holdfast.spring.app.TestApplication;
import io.holdfast.testkit.process.FreePorts;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** Two instances and a caller, over a cluster in memory. */
class BalancingTest {

  private static final String CLUSTER = "memory://" + UUID.randomUUID() + "/balancing";
  private static ConfigurableApplicationContext good;
  private static ConfigurableApplicationContext other;
  private static ConfigurableApplicationContext caller;

  @BeforeAll
  static void start() {
    good = TestApplication.start("accounts", "holdfast.connect=" + CLUSTER);
    other = TestApplication.start("accounts", "holdfast.connect=" + CLUSTER);
    caller =
        TestApplication.start(
            "caller",
            "holdfast.connect=" + CLUSTER,
            "holdfast.loadbalancer.policy=round-robin",
            "holdfast.service.register=false");
    await().until(() -> balancer("accounts").statistics().size() == 2);
  }

  @AfterAll
  static void stop() {
    caller.close();
    other.close();
    good.close();
  }

  private static LoadBalancer balancer(String service) {
    return caller.getBean(ServiceBalancers.class).balancer(service);
  }

  private static EndpointStatistics statistics(ConfigurableApplicationContext of) {
    String id = "127.0.0.1:" + TestApplication.port(of);
    return balancer("accounts").statistics().stream()
        .filter(each -> each.instance().id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static RestClient restClient() {
    return caller.getBean(RestClient.Builder.class).build();
  }

  private static String get() {
    return String.valueOf(
        restClient().get().uri("http://accounts/work").retrieve().body(String.class));
  }

  @Test
  void failingInstance_byRestClientAndWebClient_isEjected() {
    long before = statistics(good).successes();
    assertThat(get()).isEqualTo("done");
    assertThat(get()).isEqualTo("done");
    assertThat(statistics(good).successes()).isGreaterThan(before);

    other.getBean(Answers.class).status = 500;
    WebClient web = caller.getBean(WebClient.Builder.class).build();
    for (int i = 0; i < 20; i++) {
      web.get()
          .uri("http://accounts/work")
          .exchangeToMono(response -> response.releaseBody().thenReturn(response.statusCode()))
          .block(Duration.ofSeconds(5));
    }
    assertThat(statistics(other).failures()).isBetween(5L, 10L);
    assertThat(statistics(other).ejected()).isPresent();
    for (int i = 0; i < 10; i++) {
      assertThat(get()).isEqualTo("done");
    }
    assertThat(balancer("accounts").explain().toString()).contains("EJECTED");
    other.getBean(Answers.class).status = 200;
    assertThat(statistics(good).active()).isZero();
    assertThat(statistics(other).active()).isZero();
  }

  @Test
  void calls_areObservedWithinWhatTheCallerIsObservedBy() {
    List<Observation.Context> seen = new CopyOnWriteArrayList<>();
    caller
        .getBean(ObservationRegistry.class)
        .observationConfig()
        .observationHandler(
            new ObservationHandler<>() {
              @Override
              public boolean supportsContext(Observation.Context context) {
                return CallObservations.NAME.equals(context.getName());
              }

              @Override
              public void onStop(Observation.Context context) {
                seen.add(context);
              }
            });
    RestClient rest =
        restClient()
            .mutate()
            .observationRegistry(caller.getBean(ObservationRegistry.class))
            .build();
    rest.get().uri("http://accounts/work").retrieve().body(String.class);
    caller
        .getBean(WebClient.Builder.class)
        .clone()
        .observationRegistry(caller.getBean(ObservationRegistry.class))
        .build()
        .get()
        .uri("http://accounts/work")
        .retrieve()
        .bodyToMono(String.class)
        .block(Duration.ofSeconds(5));

    assertThat(seen)
        .hasSize(2)
        .allSatisfy(
            call -> {
              assertThat(call.getLowCardinalityKeyValues())
                  .containsExactlyInAnyOrder(
                      KeyValue.of("service", "accounts"), KeyValue.of("outcome", "success"));
              assertThat(call.getHighCardinalityKeyValue("instance")).isNotNull();
              assertThat(
                      Objects.requireNonNull(call.getParentObservation())
                          .getContextView()
                          .getName())
                  .isEqualTo("http.client.requests");
            });
  }

  @Test
  void feign_callsAndReportsSuccesses() {
    long before = balancer("accounts").totals().successes();
    assertThat(caller.getBean(Accounts.class).work()).isEqualTo("done");
    assertThat(balancer("accounts").totals().successes()).isGreaterThan(before);
    assertThat(balancer("accounts").totals().active()).isZero();
  }

  @Test
  void choice_withoutARequest_countsNothing() {
    LoadBalancerClient client = caller.getBean(LoadBalancerClient.class);
    for (int i = 0; i < 10; i++) {
      ServiceInstance chosen = client.choose("accounts");
      assertThat(chosen).isNotNull();
    }
    assertThat(balancer("accounts").totals().active()).isZero();
  }

  @Test
  void webClient_cancelledByTimeout_isNotActiveAnyMore() throws Exception {
    try (ServerSocket silent = new ServerSocket(FreePorts.find(1).get(0), 10, loopback());
        ConfigurableApplicationContext registered =
            TestApplication.start(
                "silent",
                "holdfast.connect=" + CLUSTER,
                "holdfast.service.port=" + silent.getLocalPort())) {
      await().until(() -> balancer("silent").statistics().size() == 1);
      WebClient web = caller.getBean(WebClient.Builder.class).build();
      assertThatThrownBy(
              () ->
                  web.get()
                      .uri("http://silent/work")
                      .retrieve()
                      .bodyToMono(String.class)
                      .timeout(Duration.ofMillis(300))
                      .block())
          .hasMessageContaining("Did not observe");
      await().untilAsserted(() -> assertThat(balancer("silent").totals().active()).isZero());
      assertThat(balancer("silent").totals().abandoned()).isEqualTo(1);
      assertThat(registered.isActive()).isTrue();
    }
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }

  @Test
  void service_unknownHere_isAskedOfOtherDiscoveryClients() {
    try (ConfigurableApplicationContext migrating =
        TestApplication.start(
            "migrating",
            "holdfast.connect=" + CLUSTER,
            "holdfast.service.register=false",
            "holdfast.discovery.first-answer=500ms",
            "spring.cloud.discovery.client.simple.instances.legacy[0].uri=http://127.0.0.1:"
                + TestApplication.port(good))) {
      RestClient client = migrating.getBean(RestClient.Builder.class).build();
      assertThat(client.get().uri("http://legacy/work").retrieve().body(String.class))
          .isEqualTo("done");
    }
  }
}
