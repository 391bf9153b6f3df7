package io.holdfast.gateway.eureka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.gateway.Gateway;
import io.holdfast.gateway.GatewayOptions;
import io.holdfast.gateway.ProgramUnderTest;
import io.holdfast.gateway.WriteAccess;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.testkit.process.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus finds its targets through the Eureka door. */
@Timeout(120)
class PrometheusEurekaTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();

  private String targets(int port) throws InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/api/v1/targets");
    try {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      return "not up yet";
    }
  }

  @Test
  void targets_ofAService_areFoundAndLost(@TempDir Path folder) throws Exception {
    Path program = ProgramUnderTest.find("prometheus", "prometheus");
    int port = FreePorts.find(1).get(0);
    try (Coordinator coordinator =
            Coordinator.connect("memory://prometheus-" + UUID.randomUUID() + "/test");
        Registry registry = new Registry(coordinator);
        Gateway gateway =
            Gateway.start(
                coordinator,
                GatewayOptions.loopback(0),
                WriteAccess.none(),
                parts -> List.of(new EurekaDoor(parts)))) {
      Registration billing =
          registry.register(
              ServiceInstance.http("billing", "billing-1", "127.0.0.1", 1)
                  .withMetadata("team", "money & <more>"));
      registry.register(ServiceInstance.http("orders", "orders-1", "127.0.0.2", 2));
      Files.writeString(
          folder.resolve("prometheus.yml"),
          """
          scrape_configs:
            - job_name: eureka
              eureka_sd_configs:
                - server: http://127.0.0.1:%d/eureka
                  refresh_interval: 1s
          """
              .formatted(gateway.port()));
      try (ProgramUnderTest prometheus =
          ProgramUnderTest.start(
              program,
              folder,
              "--config.file=prometheus.yml",
              "--storage.tsdb.path=" + folder.resolve("data"),
              "--web.listen-address=127.0.0.1:" + port)) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(targets(port))
                        .as(prometheus.log())
                        .contains(
                            "\"__address__\":\"127.0.0.1:1\"",
                            "\"__address__\":\"127.0.0.2:2\"",
                            "\"__meta_eureka_app_name\":\"BILLING\"",
                            "\"__meta_eureka_app_instance_status\":\"UP\"",
                            "\"__meta_eureka_app_instance_metadata_team\":\"money"));

        billing.close();
        await().atMost(PATIENCE).until(() -> !targets(port).contains("127.0.0.1:1\""));
        assertThat(targets(port)).contains("\"__address__\":\"127.0.0.2:2\"");
      }
    }
  }
}
