package io.holdfast.gateway.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.gateway.BackendUnderTest;
import io.holdfast.gateway.GatewayUnderTest;
import io.holdfast.gateway.ProgramUnderTest;
import io.holdfast.registry.Registration;
import io.holdfast.testkit.process.FreePorts;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus finds its targets. The distribution's is built without {@code
 * consul_sd_configs}.
 */
@Timeout(180)
final class PrometheusTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static String targets(int port) throws InterruptedException {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + port + "/api/v1/targets?state=active"))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void prometheus_findsTargetsAndLosesThoseThatAreDrained(@TempDir Path folder) throws Exception {
    Path prometheus = ProgramUnderTest.find("prometheus", "prometheus");
    try (EmbeddedZooKeeper store = EmbeddedZooKeeper.start();
        GatewayUnderTest gateway = new GatewayUnderTest(store.uri("prometheus"));
        BackendUnderTest backend = new BackendUnderTest("b-1", "127.0.0.1", 0);
        BackendUnderTest other = new BackendUnderTest("b-2", "127.0.0.1", 0);
        Registration one =
            gateway.registry().register(backend.instance("web").withZone("a").withVersion("7"));
        Registration two = gateway.registry().register(other.instance("web"))) {
      assertThat(one.isPublished()).isTrue();
      int port = FreePorts.find(1).get(0);
      Path file = folder.resolve("prometheus.yml");
      Files.writeString(
          file,
          """
          global:
            scrape_interval: 1s
          scrape_configs:
            - job_name: by-http
              http_sd_configs:
                - url: http://127.0.0.1:%1$d/prometheus/sd
                  refresh_interval: 1s
              relabel_configs:
                - source_labels: [__meta_holdfast_zone]
                  target_label: zone
          """
              .formatted(gateway.port()));
      try (ProgramUnderTest running =
          ProgramUnderTest.start(
              prometheus,
              folder,
              "--config.file=" + file,
              "--storage.tsdb.path=" + folder.resolve("data"),
              "--web.listen-address=127.0.0.1:" + port)) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(targets(port))
                        .as(running.log())
                        .contains(
                            "\"zone\":\"a\"",
                            "\"__meta_holdfast_version\":\"7\"",
                            "127.0.0.1:" + backend.port(),
                            "127.0.0.1:" + other.port()));

        assertThat(two.drain(Duration.ofSeconds(20)).get(30, TimeUnit.SECONDS).isComplete())
            .isTrue();

        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(targets(port))
                        .contains("127.0.0.1:" + backend.port())
                        .doesNotContain("127.0.0.1:" + other.port()));
      }
    }
  }
}
