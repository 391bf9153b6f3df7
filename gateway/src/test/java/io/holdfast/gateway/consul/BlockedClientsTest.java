package io.holdfast.gateway.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.gateway.GatewayUnderTest;
import io.holdfast.registry.Registration;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.testkit.network.WaitingRequests;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that wait for a change cost a connection each, no thread and no watch. */
@Timeout(180)
final class BlockedClientsTest {

  private static final int CLIENTS = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static int threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }

  @Test
  void change_reachesAllThatWait_withoutAThreadOrAWatchForEach() throws Exception {
    try (EmbeddedZooKeeper store = EmbeddedZooKeeper.start();
        GatewayUnderTest gateway = new GatewayUnderTest(store.uri("blocked"));
        Registration one =
            gateway.registry().register(ServiceInstance.http("web", "web-1", "10.0.0.1", 80))) {
      assertThat(one.isPublished()).isTrue();
      await()
          .atMost(PATIENCE)
          .until(() -> gateway.get("/v1/health/service/web?passing").body().contains("web-1"));
      String index =
          gateway
              .get("/v1/health/service/web?passing")
              .headers()
              .firstValue("X-Consul-Index")
              .orElseThrow();
      long before = heap();
      int threadsBefore = threads();
      String path = "/v1/health/service/web?passing&wait=10m&index=" + index;

      try (WaitingRequests clients = new WaitingRequests(gateway.port(), CLIENTS, path)) {
        await().atMost(PATIENCE).until(() -> gateway.waiting() == CLIENTS);
        long each = (heap() - before) / CLIENTS;
        int threadsNow = threads();
        List<String> watched = List.copyOf(gateway.feed().services().keySet());

        try (Registration two =
            gateway.registry().register(ServiceInstance.http("web", "web-2", "10.0.0.2", 80))) {
          int answered = clients.awaitAnswers("web-2", PATIENCE.toNanos());
          assertThat(two.isPublished()).isTrue();
          assertThat(answered).isEqualTo(CLIENTS);
          assertThat(threadsNow - threadsBefore).isLessThan(10);
          assertThat(each).isLessThan(100_000);
          assertThat(watched).containsExactly("web");
        }
      }
      await().atMost(PATIENCE).until(() -> gateway.waiting() == 0);
    }
  }

  @Test
  void clientsThatGoAway_leaveNothingBehind() throws Exception {
    try (EmbeddedZooKeeper store = EmbeddedZooKeeper.start();
        GatewayUnderTest gateway = new GatewayUnderTest(store.uri("blocked"))) {
      String path = "/v1/catalog/services?wait=10m&index=" + gateway.feed().index();
      try (WaitingRequests clients = new WaitingRequests(gateway.port(), 50, path)) {
        await().atMost(PATIENCE).until(() -> gateway.waiting() == 50);
        assertThat(clients.awaitAnswers("x", 1)).isZero();
      }
      await().atMost(PATIENCE).until(() -> gateway.waiting() == 0);
    }
  }
}
