package io.holdfast.gateway.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.gateway.GatewayUnderTest;
import io.holdfast.registry.Registration;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.testkit.memory.Faults;
import io.holdfast.testkit.memory.MemoryCluster;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ConsulDoorTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String name = "consul-" + UUID.randomUUID();
  private GatewayUnderTest gateway;

  @BeforeEach
  void start() throws IOException {
    gateway = new GatewayUnderTest("memory://" + name + "/test");
  }

  @AfterEach
  void stop() {
    MemoryCluster.named(name).faults(Faults.NONE);
    gateway.close();
  }

  private static String service(String id, String ttl) {
    return """
        {"ID": "%s", "Name": "web", "Address": "10.0.0.1", "Port": 80,
         "Check": {"TTL": "%s", "Status": "passing"}}"""
        .formatted(id, ttl);
  }

  private String passing() throws IOException, InterruptedException {
    return gateway.get("/v1/health/service/web?passing").body();
  }

  @Test
  void check_notReported_takesTheInstanceOut_andTheNextReportBringsItBack() throws Exception {
    assertThat(gateway.put("/v1/agent/service/register", service("web-1", "1s")).statusCode())
        .isEqualTo(200);
    assertThat(passing()).contains("web-1");

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(passing()).isEqualTo("[]"));
    assertThat(gateway.put("/v1/agent/check/pass/service:web-1", "").statusCode()).isEqualTo(200);

    assertThat(passing()).contains("web-1", "10.0.0.1");
  }

  @Test
  void deregistered_reportDoesNotBringItBack() throws Exception {
    gateway.put("/v1/agent/service/register", service("web-1", "30s"));
    gateway.put("/v1/agent/service/deregister/web-1", "");

    assertThat(gateway.put("/v1/agent/check/pass/service:web-1", "").statusCode()).isEqualTo(404);
    assertThat(passing()).isEqualTo("[]");
  }

  @Test
  void registeredAgain_keepsItsResultAndMaintenance() throws Exception {
    gateway.put("/v1/agent/service/register", service("web-1", "30s"));
    gateway.put("/v1/agent/check/warn/service:web-1", "");
    gateway.put("/v1/agent/service/maintenance/web-1?enable=true", "");
    gateway.put("/v1/agent/service/register", service("web-1", "30s"));

    String health = gateway.get("/v1/health/service/web").body();
    assertThat(health).contains("\"Status\":\"warning\"", "_service_maintenance:web-1");
    assertThat(passing()).isEqualTo("[]");
  }

  @Test
  void outageOfTheStore_emptiesNothing() throws Exception {
    try (Registration one =
        gateway.registry().register(ServiceInstance.http("web", "native", "10.0.0.2", 80))) {
      gateway.put("/v1/agent/service/register", service("web-1", "60s"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(passing()).contains("native", "web-1"));
      assertThat(one.isPublished()).isTrue();

      MemoryCluster.named(name).faults((client, message) -> Faults.Fate.LOST);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(gateway.get("/v1/health/service/web").headers().map())
                      .containsEntry("X-Consul-KnownLeader", List.of("false")));

      assertThat(passing()).contains("native", "web-1");
      assertThat(gateway.get("/v1/catalog/services").body()).isEqualTo("{\"web\":[]}");
      assertThat(gateway.get("/prometheus/sd").body()).contains("10.0.0.2:80", "10.0.0.1:80");
      assertThat(gateway.get("/v1/status/leader").body()).isEqualTo("\"\"");
      MemoryCluster.named(name).faults(Faults.NONE);
    }
  }

  @Test
  void outageOfTheStore_withoutServices_isNotHidden() throws Exception {
    assertThat(gateway.get("/v1/catalog/services").headers().map())
        .containsEntry("X-Consul-KnownLeader", List.of("true"));

    MemoryCluster.named(name).faults((client, message) -> Faults.Fate.LOST);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(gateway.get("/v1/catalog/services").headers().map())
                    .containsEntry("X-Consul-KnownLeader", List.of("false")));
    assertThat(gateway.get("/v1/status/leader").body()).isEqualTo("\"\"");
    MemoryCluster.named(name).faults(Faults.NONE);
  }

  @Test
  void keysReadWithAWrongToken_theConnectionCloses() throws Exception {
    List<Boolean> closed = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      HttpResponse<String> answer = gateway.get("/v1/kv/a?token=guess" + i);
      assertThat(answer.statusCode()).isEqualTo(403);
      closed.add(answer.headers().firstValue("Connection").isPresent());
    }
    assertThat(closed).containsExactly(false, false, false, false, true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/health/service/web?filter=Service.ID==x|400",
        "/v1/health/service/web?dc=other|500",
        "/v1/health/service/web?index=abc|400",
        "/v1/health/service/web?index=1&wait=soon|400",
        "/v1/health/state/nothing|400",
        "/v1/health/service/../agent/self|400",
        "/v1/acl/tokens|404",
        "/v1/agent/service/nobody|404",
        "/v1/health/service/nobody|200",
        "/v1/health/service/web?stale=&cached&pretty|200",
      })
  void reading_whatIsNotServed_isSaidSo(String path, int status) throws Exception {
    assertThat(gateway.get(path).statusCode()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "{\"Name\": \"../../etc\"}",
        "{\"Name\": \"web\", \"Port\": 70000}",
        "{\"Name\": \"web\", \"Kind\": \"connect-proxy\"}",
        "{\"Name\": \"web\", \"Check\": {\"HTTP\": \"http://10.0.0.1/\", \"Interval\": \"10s\"}}",
        "{\"Name\": \"web\", \"Check\": {\"TTL\": \"soon\"}}",
        "{\"Name\": \"web\", \"Checks\": [{\"TTL\": \"1s\"}, {\"TTL\": \"2s\"}]}",
        "{\"Name\": \"web\", \"Meta\": {\"holdfast.lease.holder\": \"me\"}}",
        "{\"Name\": \"web\", \"Meta\": {\"a key\": \"x\"}}"
      })
  void registering_whatIsNotServed_isRefused(String body) throws Exception {
    HttpResponse<String> answer = gateway.put("/v1/agent/service/register", body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(gateway.get("/v1/catalog/services").body()).isEqualTo("{}");
  }

  @Test
  void index_isAtLeastOneAndTheTypeIsJson() throws Exception {
    HttpResponse<String> answer = gateway.get("/v1/health/service/nobody");

    assertThat(answer.headers().firstValueAsLong("X-Consul-Index").orElse(0)).isPositive();
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.body()).isEqualTo("[]");
  }

  @Test
  void goDurations_areRead() {
    assertThat(GoDuration.parse("1m30s")).contains(Duration.ofSeconds(90));
    assertThat(GoDuration.parse("1.5h")).contains(Duration.ofMinutes(90));
    assertThat(GoDuration.parse("300ms")).contains(Duration.ofMillis(300));
    assertThat(GoDuration.parse("10")).isEmpty();
    assertThat(GoDuration.parse("-1s")).isEmpty();
  }
}
