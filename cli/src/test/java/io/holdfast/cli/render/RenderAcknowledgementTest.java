package io.holdfast.cli.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.cli.console.Changes;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.memory.MemoryCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A drain waits for the proxy that goes by a rendered file. */
@Timeout(120)
final class RenderAcknowledgementTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void drain_proxyIsBeingTold_isCompleteOnlyAfterIt(@TempDir Path folder) throws Exception {
    Path told = folder.resolve("told");
    Path mayEnd = Files.createFile(folder.resolve("may-end"));
    String reloadCommand =
        "echo told >> %s; until [ -e %s ]; do sleep 0.02; done".formatted(told, mayEnd);
    Path out = folder.resolve("upstreams.conf");
    ConfigFile file =
        new ConfigFile(out, ProxyKind.NGINX, Optional.of("true"), Optional.of(reloadCommand));
    try (MemoryCluster cluster = MemoryCluster.onRealTime();
        Coordinator serving = connect(cluster, "serving");
        Coordinator rendering = connect(cluster, "rendering");
        Registry ours = new Registry(serving);
        Registry theirs = new Registry(rendering)) {
      ours.register(instance("b-1", "127.0.0.1"));
      Registration victim = ours.register(instance("b-2", "127.0.0.2"));
      ServiceView view = theirs.view("billing");
      assertThat(view.awaitInstances(2, PATIENCE)).isPresent();
      Thread following =
          follow(
              new ConfigUpdater(
                  List.of(view),
                  "http",
                  ProxyKind.NGINX,
                  file,
                  new Changes(Duration.ofMillis(50)),
                  s -> {}));
      try {
        await().atMost(PATIENCE).until(() -> Files.exists(out) && timesTold(told) == 1);
        assertThat(out).content().contains("127.0.0.1", "127.0.0.2");
        Files.delete(mayEnd);

        CompletableFuture<DrainResult> drained = victim.drain(PATIENCE);
        await().atMost(PATIENCE).until(() -> timesTold(told) == 2);

        assertThat(drained).isNotDone();
        assertThat(out).content().contains("127.0.0.1").doesNotContain("127.0.0.2");
        Files.createFile(mayEnd);
        assertThat(drained.get(60, TimeUnit.SECONDS).isComplete()).isTrue();
      } finally {
        following.interrupt();
        following.join(PATIENCE.toMillis());
      }
    }
  }

  private static Coordinator connect(MemoryCluster cluster, String client) {
    CoordinatorOptions options = CoordinatorOptions.defaults();
    return Coordinator.connect(cluster.client(client, options), options, "memory");
  }

  private static ServiceInstance instance(String id, String host) {
    return ServiceInstance.http("billing", id, host, 8080);
  }

  private static Thread follow(ConfigUpdater updater) {
    Thread thread =
        new Thread(
            () -> {
              try {
                updater.follow();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "render-follow");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static long timesTold(Path told) throws IOException {
    return Files.exists(told) ? Files.readAllLines(told).size() : 0;
  }
}
