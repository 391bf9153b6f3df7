package io.holdfast.gateway.eureka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.gateway.Gateway;
import io.holdfast.gateway.GatewayOptions;
import io.holdfast.gateway.WriteAccess;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.admin.RegistryAdmin;
import io.holdfast.registry.lease.Lease;
import io.holdfast.spi.Durations;
import io.holdfast.testkit.memory.MemoryCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Eureka door with what a real server is not asked: hostile input, outages, our instances. */
class EurekaDoorTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String TOKEN = "0123456789abcdef";
  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(3));

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final HttpClient client = HttpClient.newHttpClient();
  private Coordinator coordinator;
  private Coordinator ours;
  private Registry registry;
  private Gateway gateway;

  @BeforeEach
  void open(@TempDir Path folder) throws IOException {
    coordinator = Coordinator.connect(cluster.client("gateway", OPTIONS), OPTIONS, "memory");
    ours = Coordinator.connect(cluster.client("ours", OPTIONS), OPTIONS, "memory");
    registry = new Registry(ours);
    gateway =
        Gateway.start(
            coordinator,
            GatewayOptions.loopback(0),
            WriteAccess.read(Files.writeString(folder.resolve("t"), "# who\n\nme " + TOKEN + "\n")),
            parts -> List.of(new EurekaDoor(parts)));
  }

  @AfterEach
  void close() {
    cluster.heal("gateway");
    gateway.close();
    registry.close();
    ours.close();
    coordinator.close();
    cluster.close();
  }

  private HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
            .timeout(PATIENCE)
            .method(method, BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** To one that is announced and never comes: a client that sends it may see no answer. */
  private String answerToABodyOf(int length) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      socket.setSoTimeout(Durations.intMillis(PATIENCE));
      String head =
          "POST /eureka/apps/A HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
              + "Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n".formatted(TOKEN, length);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(13), StandardCharsets.US_ASCII);
    }
  }

  private int write(String method, String path, String body) throws Exception {
    return send(method, path, body, "Authorization", "Bearer " + TOKEN).statusCode();
  }

  private String get(String path) throws Exception {
    return send("GET", path, "", "Accept", "application/json").body();
  }

  private static String instance(String app, String id, String more) {
    return """
    {"instance":{"instanceId":"%s","app":"%s","hostName":"10.0.0.1","ipAddr":"10.0.0.1",\
    "status":"UP","port":{"$":80,"@enabled":"true"},"dataCenterInfo":{"name":"MyOwn"}%s}}\
    """
        .formatted(id, app, more);
  }

  @Test
  void writes_withoutAToken_areRefusedBeforeTheBody() throws Exception {
    String body = instance("A", "a", "");
    assertThat(send("POST", "/eureka/apps/A", body).statusCode()).isEqualTo(401);
    assertThat(send("POST", "/eureka/apps/A", body, "Authorization", "Bearer x").statusCode())
        .isEqualTo(401);
    assertThat(send("DELETE", "/eureka/apps/A/a", "").statusCode()).isEqualTo(401);
    assertThat(send("PUT", "/eureka/apps/A/a/status?value=DOWN", "").statusCode()).isEqualTo(401);
    assertThat(write("POST", "/eureka/v2/apps/A", body)).isEqualTo(204);
  }

  @Test
  void bodies_hostile_areRefused() throws Exception {
    String deep = "[".repeat(1_000) + "]".repeat(1_000);
    Map<String, Integer> bodies =
        Map.of(
            "",
            400,
            "[]",
            400,
            "{\"instance\":" + deep + "}",
            400,
            "{\"instance\":{},\"instance\":{}}",
            400,
            instance("A", "a", ",\"port\":{\"$\":99999}"),
            400,
            instance("A", "a", ",\"homePageUrl\":\"" + "x".repeat(2_000) + "\""),
            400,
            instance("A B", "a", ""),
            400,
            instance("A", "", ""),
            400);
    for (Map.Entry<String, Integer> one : bodies.entrySet()) {
      assertThat(write("POST", "/eureka/apps/A", one.getKey()))
          .as(one.getKey())
          .isEqualTo(one.getValue());
    }
    assertThat(
            send(
                    "POST",
                    "/eureka/apps/A",
                    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><instance/>",
                    "Authorization",
                    "Bearer " + TOKEN,
                    "Content-Type",
                    "application/xml")
                .statusCode())
        .isEqualTo(415);
    assertThat(answerToABodyOf(3_000_000)).startsWith("HTTP/1.1 413 ");
    assertThat(write("PUT", "/eureka/apps/A/a?lastDirtyTimestamp=soon", "")).isEqualTo(400);
    assertThat(get("/eureka/apps")).doesNotContain("\"instanceId\"");
  }

  @Test
  void texts_hostile_comeBackEscaped() throws Exception {
    String odd =
        ",\"metadata\":{\"<a>\":\"]]>\",\"1x\":\"y\",\"k\":\"<&\\u0001\\\"'\",\"holdfast.lease.ttl\":\"9\"}";
    assertThat(write("POST", "/eureka/apps/ODD", instance("ODD", "a/b c@d", odd))).isEqualTo(204);

    String json = get("/eureka/apps/ODD");
    assertThat(json).contains("a/b c@d", "\"<a>\":\"]]>\"", "\"holdfast.lease.ttl\":\"9\"");
    String xml = send("GET", "/eureka/apps/ODD", "").body();
    assertThat(xml).contains("<k>&lt;&amp;\uFFFD").doesNotContain("<1x>", "<a>");
    assertThat(
            registry
                .list("odd")
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .instances()
                .get(0)
                .id())
        .startsWith("eureka:");
    assertThat(write("PUT", "/eureka/apps/ODD/a%20b?status=UP", "")).isEqualTo(404);
  }

  @Test
  void leases_ofAnyLength_areBounded() throws Exception {
    write("POST", "/eureka/apps/A", instance("A", "a", ",\"leaseInfo\":{\"durationInSecs\":-5}"));
    write(
        "POST",
        "/eureka/apps/A",
        instance("A", "b", ",\"leaseInfo\":{\"durationInSecs\":2147483647}"));

    List<RegisteredInstance> there =
        registry.list("a").get(PATIENCE.toSeconds(), TimeUnit.SECONDS).instances();
    assertThat(there)
        .extracting(one -> Lease.of(one.instance()).orElseThrow().ttl())
        .allMatch(ttl -> ttl.compareTo(Lease.SHORTEST) >= 0 && ttl.compareTo(Lease.LONGEST) <= 0);
  }

  @Test
  void outage_ofTheStore_emptiesNothing() throws Exception {
    write("POST", "/eureka/apps/A", instance("A", "a", ",\"lastDirtyTimestamp\":\"5\""));
    assertThat(get("/eureka/apps")).contains("\"UP_1_\"");

    cluster.cut("gateway");
    await()
        .atMost(PATIENCE)
        .until(() -> !gateway.feed().service("a").orElseThrow().snapshot().isCurrent());

    assertThat(get("/eureka/apps")).contains("\"UP_1_\"");
    assertThat(write("POST", "/eureka/apps/B", instance("B", "b", ""))).isEqualTo(503);
    assertThat(get("/eureka/apps")).contains("\"UP_1_\"");

    cluster.heal("gateway");
    await()
        .atMost(PATIENCE)
        .until(() -> write("POST", "/eureka/apps/B", instance("B", "b", "")) == 204);
    assertThat(get("/eureka/apps")).contains("\"UP_2_\"");
  }

  @Test
  void gateway_thatTheOthersThinkDead_sendsClientsToThem() throws Exception {
    write("POST", "/eureka/apps/A", instance("A", "a", ",\"lastDirtyTimestamp\":\"5\""));
    cluster.cut("gateway");
    await().atMost(PATIENCE).until(() -> coordinator.current().isEmpty());

    assertThat(write("PUT", "/eureka/apps/A/a?status=UP&lastDirtyTimestamp=5", "")).isEqualTo(503);
    assertThat(get("/eureka/apps")).contains("\"UP_1_\"");

    cluster.heal("gateway");
    await().atMost(PATIENCE).until(() -> coordinator.current().isPresent());
    assertThat(write("PUT", "/eureka/apps/A/a?status=UP&lastDirtyTimestamp=5", "")).isEqualTo(200);
  }

  @Test
  void token_asAParameter_isNotTakenAsItWouldBeMetadata() throws Exception {
    write("POST", "/eureka/apps/A", instance("A", "a", ""));

    assertThat(send("PUT", "/eureka/apps/A/a/metadata?k=v&token=" + TOKEN, "").statusCode())
        .isEqualTo(401);
    assertThat(get("/eureka/apps")).doesNotContain(TOKEN);
  }

  @Test
  void instances_ofOurs_areShownAndNotForClientsToChange() throws Exception {
    registry.register(ServiceInstance.http("billing", "billing-1", "10.0.0.9", 8443));
    await().atMost(PATIENCE).until(() -> get("/eureka/apps/BILLING").contains("billing-1"));

    assertThat(get("/eureka/instances/billing-1"))
        .contains("\"hostName\":\"10.0.0.9\"", "\"vipAddress\":\"billing\"", "\"status\":\"UP\"");
    assertThat(write("POST", "/eureka/apps/BILLING", instance("BILLING", "billing-1", "")))
        .isEqualTo(409);
    assertThat(write("DELETE", "/eureka/apps/BILLING/billing-1", "")).isEqualTo(404);
    assertThat(write("PUT", "/eureka/apps/BILLING/billing-1/metadata?a=b", "")).isEqualTo(404);

    assertThat(write("PUT", "/eureka/apps/BILLING/billing-1/status?value=OUT_OF_SERVICE", ""))
        .isEqualTo(200);
    assertThat(
            registry
                .list("billing")
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .find("billing-1")
                .orElseThrow()
                .instance()
                .status())
        .isEqualTo(InstanceStatus.OUT_OF_SERVICE);
    assertThat(get("/eureka/apps/delta")).contains("\"OUT_OF_SERVICE_1_\"", "\"MODIFIED\"");
  }

  @Test
  void drain_byAnOperator_isAcknowledgedByTheGateway() throws Exception {
    write("POST", "/eureka/apps/A", instance("A", "a", ""));

    assertThat(
            new RegistryAdmin(ours)
                .drain("a", "a", "operator", "a test", PATIENCE)
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .isComplete())
        .isTrue();

    assertThat(get("/eureka/apps/A/a")).contains("\"status\":\"OUT_OF_SERVICE\"");
    assertThat(write("PUT", "/eureka/apps/A/a/status?value=UP", "")).isEqualTo(409);
  }

  @Test
  void batch_ofAPeer_isAnsweredOneByOne() throws Exception {
    String info = instance("A", "a", ",\"lastDirtyTimestamp\":\"7\"");
    String one = info.substring("{\"instance\":".length(), info.length() - 1);
    String batch =
        """
        {"replicationList":[\
        {"appName":"A","id":"a","lastDirtyTimestamp":7,"action":"Register","instanceInfo":%s},\
        {"appName":"A","id":"nobody","lastDirtyTimestamp":7,"action":"Heartbeat"},\
        {"appName":"A","id":"a","action":"Explode"}]}\
        """
            .formatted(one);

    HttpResponse<String> answer =
        send(
            "POST",
            "/eureka/peerreplication/batch/",
            batch,
            "Authorization",
            "Bearer " + TOKEN,
            "Content-Type",
            "application/json");

    assertThat(answer.body())
        .isEqualTo(
            "{\"responseList\":[{\"statusCode\":204},{\"statusCode\":404},{\"statusCode\":400}]}");
    assertThat(
            send(
                    "POST",
                    "/eureka/peerreplication/batch/",
                    batch
                        .replace("\"action\":\"Register\"", "\"action\":\"Heartbeat\"")
                        .replace(
                            "\"id\":\"a\",\"lastDirtyTimestamp\":7",
                            "\"id\":\"a\",\"lastDirtyTimestamp\":6"),
                    "Authorization",
                    "Bearer " + TOKEN)
                .body())
        .contains("\"statusCode\":409,\"responseEntity\":{\"instanceId\":\"a\"");
    assertThat(write("POST", "/eureka/peerreplication/batch", "{\"replicationList\":7}"))
        .isEqualTo(400);
  }

  @Test
  void status_unknownWord_isRefused() throws Exception {
    write("POST", "/eureka/apps/A", instance("A", "a", ""));

    assertThat(write("PUT", "/eureka/apps/A/a/status?value=BOGUS", "")).isEqualTo(400);
    assertThat(Optional.of(get("/eureka/apps/A/a"))).get().asString().contains("\"UP\"");
  }
}
