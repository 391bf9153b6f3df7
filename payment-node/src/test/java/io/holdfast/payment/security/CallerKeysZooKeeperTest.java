package io.holdfast.payment.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.payment.ledger.Role;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Callers in a real store, which goes away for a while. */
class CallerKeysZooKeeperTest {

  @Test
  void callers_overARestartOfTheStore_stayKnownAndFollowAgain() throws Exception {
    CoordinatorOptions options =
        CoordinatorOptions.defaults().withConnectTimeout(Duration.ofSeconds(60));
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start();
        Coordinator node = Coordinator.connect(server.uri("payments"), options);
        CallerKeys callers = new CallerKeys(node)) {
      callers.known().get(60, TimeUnit.SECONDS);
      assertThat(callers.areInUse()).isFalse();
      ApiKey key;
      try (Coordinator operator = Coordinator.connect(server.uri("payments"), options)) {
        key =
            new CallerAdmin(operator)
                .add("shop", Set.of(Role.MERCHANT), "new")
                .get(60, TimeUnit.SECONDS);
      }
      await(() -> callers.owning(key).isPresent());

      server.stop();
      assertThat(callers.owning(key).orElseThrow().inForce()).isTrue();
      server.restart();

      try (Coordinator operator = Coordinator.connect(server.uri("payments"), options)) {
        new CallerAdmin(operator).revoke("shop", "left").get(60, TimeUnit.SECONDS);
      }
      await(() -> !callers.owning(key).orElseThrow().inForce());
    }
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(10))
        .until(condition);
  }
}
