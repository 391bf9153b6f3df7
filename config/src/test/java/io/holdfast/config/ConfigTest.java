package io.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.memory.Faults;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contract in memory, on ZooKeeper and on etcd. */
final class ConfigTest {

  @Nested
  final class InMemory extends ConfigContract {

    private final MemoryCluster dead = MemoryCluster.onRealTime();

    @Override
    String uri(String namespace) {
      return "memory://config/" + namespace;
    }

    @Override
    Coordinator unreachable(CoordinatorOptions options) {
      dead.cut("cold");
      return Coordinator.start(dead.client("cold", options), options, "memory");
    }

    @Test
    void view_whileTheClusterIsAway_isStaleAndKeepsItsSettings() throws InterruptedException {
      try (MemoryCluster cluster = MemoryCluster.onRealTime()) {
        CoordinatorOptions options =
            CoordinatorOptions.defaults()
                .withSessionTimeout(Duration.ofSeconds(1))
                .withRequestTimeout(Duration.ofMillis(300));
        try (Coordinator editor =
                Coordinator.connect(cluster.client("editor", options), options, "memory");
            Coordinator looker =
                Coordinator.connect(cluster.client("looker", options), options, "memory");
            ConfigView view = new ConfigStore(looker).view("orders")) {
          ConfigStore store = new ConfigStore(editor);
          get(store.edit(ConfigEdit.set(TIMEOUT, "1s")));
          until(view, has(TIMEOUT, "1s"));

          cluster.cut("looker");
          ConfigSnapshot away = until(view, now -> now.freshness() == ConfigFreshness.STALE);
          get(store.edit(ConfigEdit.set(TIMEOUT, "2s")));
          assertThat(away.text("http.timeout")).contains("1s");
          cluster.heal("looker");

          until(
              view, now -> has(TIMEOUT, "2s").test(now) && now.freshness() == ConfigFreshness.LIVE);
        }
      }
    }

    /** Each edit loses its first replies; it is made once all the same. */
    @Test
    void edit_whoseReplyIsLost_isMadeOnce() {
      try (MemoryCluster cluster = MemoryCluster.onRealTime()) {
        CoordinatorOptions options =
            CoordinatorOptions.defaults()
                .withSessionTimeout(Duration.ofSeconds(2))
                .withRequestTimeout(Duration.ofMillis(300));
        try (Coordinator coordinator =
            Coordinator.connect(cluster.client("editor", options), options, "memory")) {
          AtomicInteger commits = new AtomicInteger();
          cluster.faults(
              (client, message) ->
                  message.operation().equals("commit")
                          && message.direction() == Faults.Direction.REPLY
                          && commits.incrementAndGet() % 3 != 0
                      ? Faults.Fate.LOST
                      : Faults.Fate.ARRIVES);
          ConfigStore store =
              new ConfigStore(coordinator, ConfigOptions.defaults(options).withPatience(PATIENCE));

          for (int i = 1; i <= 5; i++) {
            assertThat(get(store.edit(ConfigEdit.set(TIMEOUT, i + "s"))).version()).isEqualTo(i);
          }

          List<ConfigVersion> history = get(store.history(TIMEOUT));
          assertThat(history).hasSize(5);
          assertThat(commits.get()).isGreaterThanOrEqualTo(5);
        }
      }
    }

    /** Others' edits push the lost one out of the history before it is looked up. */
    @Test
    void edit_whoseReplyIsLostAndHistoryIsGone_isUnknownAndNotMadeAgain() {
      try (MemoryCluster cluster = MemoryCluster.onRealTime()) {
        CoordinatorOptions options =
            CoordinatorOptions.defaults()
                .withSessionTimeout(Duration.ofSeconds(2))
                .withRequestTimeout(Duration.ofMillis(300));
        ConfigOptions brief = ConfigOptions.defaults(options).withPatience(PATIENCE).withHistory(2);
        try (Coordinator coordinator =
                Coordinator.connect(cluster.client("editor", options), options, "memory");
            Coordinator other =
                Coordinator.connect(cluster.client("other", options), options, "memory")) {
          ConfigStore others = new ConfigStore(other, brief);
          CompletableFuture<ConfigVersion> later = new CompletableFuture<>();
          AtomicInteger commits = new AtomicInteger();
          cluster.faults(
              (client, message) -> {
                if (client.equals("editor") && commits.get() > 0 && !later.isDone()) {
                  return Faults.Fate.LOST;
                }
                if (!client.equals("editor")
                    || !message.operation().equals("commit")
                    || message.direction() != Faults.Direction.REPLY
                    || !commits.compareAndSet(0, 1)) {
                  return Faults.Fate.ARRIVES;
                }
                others
                    .edit(ConfigEdit.set(TIMEOUT, "2s"))
                    .thenCompose(two -> others.edit(ConfigEdit.set(TIMEOUT, "3s")))
                    .thenCompose(three -> others.edit(ConfigEdit.set(TIMEOUT, "4s")))
                    .thenAccept(later::complete);
                return Faults.Fate.LOST;
              });

          CompletableFuture<ConfigVersion> lost =
              new ConfigStore(coordinator, brief).edit(ConfigEdit.set(TIMEOUT, "1s"));

          assertThat(lost)
              .failsWithin(PATIENCE)
              .withThrowableThat()
              .withCauseInstanceOf(IndeterminateException.class);
          assertThat(get(later).version()).isEqualTo(4);
          assertThat(get(others.get(TIMEOUT)).flatMap(ConfigVersion::value))
              .map(ConfigValue::text)
              .contains("4s");
        }
      }
    }
  }

  @Nested
  final class OnZooKeeper extends ConfigContract {

    private static EmbeddedZooKeeper server;

    @BeforeAll
    static void start() {
      server = EmbeddedZooKeeper.start();
    }

    @AfterAll
    static void stop() {
      server.close();
    }

    @Override
    String uri(String namespace) {
      return server.uri(namespace);
    }

    @Override
    Coordinator unreachable(CoordinatorOptions options) {
      return Coordinator.connectInBackground("zookeeper://127.0.0.1:1/config", options);
    }
  }

  @Nested
  final class OnEtcd extends ConfigContract {

    private static EtcdCluster server;

    @BeforeAll
    static void start() {
      server = EtcdCluster.start(1);
    }

    @AfterAll
    static void stop() {
      server.close();
    }

    @Override
    String uri(String namespace) {
      return server.uri(namespace);
    }

    @Override
    Coordinator unreachable(CoordinatorOptions options) {
      return Coordinator.connectInBackground("etcd://127.0.0.1:1/config", options);
    }
  }
}
