package io.holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.memory.MemoryCluster;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class RegistryMetricsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(1));

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final Coordinator coordinator =
      Coordinator.connect(cluster.client("client", OPTIONS), OPTIONS, "memory");
  private final Registry registry = new Registry(coordinator);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @AfterEach
  void close() {
    registry.close();
    coordinator.close();
    cluster.close();
  }

  private double gauge(String name, String... tags) {
    return meters.get(name).tags(tags).gauge().value();
  }

  private static void awaitThat(org.awaitility.core.ThrowingRunnable assertion) {
    await().atMost(PATIENCE).untilAsserted(assertion);
  }

  @Test
  void view_openedBeforeOrAfter_isMeasuredUntilItIsClosed() throws InterruptedException {
    registry.register(ServiceInstance.http("billing", "b-1", "10.0.0.7", 80));
    ServiceView early = registry.view("billing");
    assertThat(early.awaitInstances(1, PATIENCE)).isPresent();
    RegistryMetrics.of(registry).bindTo(meters);
    ServiceView late = registry.view("mail");
    assertThat(late.await(snapshot -> snapshot.freshness() == Freshness.LIVE, PATIENCE))
        .isPresent();

    awaitThat(
        () -> {
          assertThat(gauge("holdfast.view.up", "service", "billing")).isEqualTo(1);
          assertThat(gauge("holdfast.view.instances", "service", "mail")).isZero();
          assertThat(gauge("holdfast.view.fresh", "service", "mail")).isEqualTo(1);
          assertThat(gauge("holdfast.view.held", "service", "billing")).isZero();
          assertThat(gauge("holdfast.view.age", "service", "billing")).isZero();
        });

    late.close();

    awaitThat(
        () -> assertThat(meters.find("holdfast.view.up").tag("service", "mail").meter()).isNull());
    assertThat(gauge("holdfast.view.up", "service", "billing")).isEqualTo(1);
  }

  @Test
  void view_inAnOutage_isNotFreshAndHasAnAge() throws InterruptedException {
    RegistryMetrics.of(registry).bindTo(meters);
    ServiceView view = registry.view("billing");
    assertThat(view.await(snapshot -> snapshot.freshness() == Freshness.LIVE, PATIENCE))
        .isPresent();

    cluster.cut("client");

    awaitThat(
        () -> {
          assertThat(gauge("holdfast.view.fresh", "service", "billing")).isZero();
          assertThat(meters.get("holdfast.view.age").timeGauge().value(TimeUnit.SECONDS))
              .isBetween(0.001, 60.0);
        });
    cluster.heal("client");
    awaitThat(() -> assertThat(gauge("holdfast.view.fresh", "service", "billing")).isEqualTo(1));
  }

  @Test
  void registrationAndDrain_areCounted() throws Exception {
    RegistryMetrics.of(registry).bindTo(meters);
    Registration registration =
        registry.register(ServiceInstance.http("billing", "b-1", "10.0.0.7", 80));
    assertThat(gauge("holdfast.registrations", "state", "published")).isEqualTo(1);
    assertThat(gauge("holdfast.registrations", "state", "pending")).isZero();

    registration.drain(Duration.ofSeconds(5)).get(60, TimeUnit.SECONDS);
    registration.close();

    awaitThat(
        () -> {
          assertThat(meters.get("holdfast.registration.published").counter().count()).isEqualTo(1);
          assertThat(meters.get("holdfast.registration.withdrawn").counter().count()).isEqualTo(1);
          assertThat(
                  meters
                      .get("holdfast.drain")
                      .tags("service", "billing", "ending", "complete")
                      .timer()
                      .count())
              .isEqualTo(1);
          assertThat(gauge("holdfast.registrations", "state", "published")).isZero();
        });
  }
}
