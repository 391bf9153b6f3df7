package io.holdfast.cli.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.cli.CommandRun;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.spi.tls.TlsMaterial;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.tls.TestAuthority;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** EndpointSlices at a server that checks what a real one checks. */
@Timeout(120)
final class PublishKubernetesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults()
          .withSessionTimeout(Duration.ofSeconds(1))
          .withRequestTimeout(Duration.ofMillis(300));
  private static TestAuthority authority;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private MemoryCluster cluster;
  private MockApiServer api;
  private Registry registry;
  private Path token;

  @BeforeAll
  static void makeAuthority() {
    authority = TestAuthority.create("kubernetes");
  }

  @AfterAll
  static void closeAuthority() {
    authority.close();
  }

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    cluster = opened(MemoryCluster.onRealTime());
    api = opened(new MockApiServer(authority));
    api.service("payment", Map.of());
    token = Files.writeString(folder.resolve("token"), "token-1\n");
    api.tokens.add("token-1");
    registry = opened(new Registry(connect("serving")));
  }

  @AfterEach
  void close() throws Exception {
    for (int last = open.size() - 1; last >= 0; last--) {
      open.get(last).close();
    }
  }

  private <T extends AutoCloseable> T opened(T thing) {
    open.add(thing);
    return thing;
  }

  private Coordinator connect(String client) {
    return opened(Coordinator.connect(cluster.client(client, OPTIONS), OPTIONS, "memory"));
  }

  private AutoCloseable publisher(String client, Map<String, String> services) {
    return publisher(client, services, Duration.ofSeconds(30), SlicePublisher.Orphans.KEEP);
  }

  /** A process that publishes, until it is closed. */
  private AutoCloseable publisher(
      String client,
      Map<String, String> services,
      Duration resync,
      SlicePublisher.Orphans orphans) {
    HttpClient http =
        HttpClient.newBuilder()
            .sslContext(
                TlsMaterial.of(Credentials.none().withAuthorities(authority.pem())).context())
            .build();
    Coordinator coordinator = connect(client);
    Registry theirs = opened(new Registry(coordinator));
    Candidate candidate =
        new Candidate(
            coordinator,
            theirs,
            new ApiServer(http, api.uri(), MockApiServer.NAMESPACE, Optional.of(token)),
            new SlicePublisher.Settings(
                "holdfast",
                new TreeMap<>(services),
                Duration.ofMillis(20),
                resync,
                Duration.ofMillis(100),
                orphans),
            line -> said.add(client + ": " + line));
    Thread thread =
        new Thread(
            () -> {
              try {
                candidate.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (RuntimeException e) {
                said.add(client + ": ended by " + e);
              }
            },
            "publish-" + client);
    thread.setDaemon(true);
    thread.start();
    return opened(
        () -> {
          thread.interrupt();
          thread.join(PATIENCE.toMillis());
        });
  }

  private static ServiceInstance instance(int number) {
    return ServiceInstance.http(
            "payment", "p-" + number, "10.0." + number / 200 + "." + (1 + number % 200), 8080)
        .withZone("eu-1a");
  }

  private List<Registration> register(int from, int to) throws InterruptedException {
    List<Registration> all = new ArrayList<>();
    for (int number = from; number < to; number++) {
      all.add(registry.register(instance(number)));
    }
    return all;
  }

  private Map<String, JsonNode> endpoints() {
    Map<String, JsonNode> all = new TreeMap<>();
    for (JsonNode slice : api.slices()) {
      slice.path("endpoints").forEach(it -> all.put(it.at("/addresses/0").asText(), it));
    }
    return all;
  }

  private JsonNode endpoint(String address) {
    return Objects.requireNonNull(endpoints().get(address), address);
  }

  private void awaitEndpoints(int count) {
    await().atMost(PATIENCE).until(() -> endpoints().size() == count);
  }

  private static String conditions(JsonNode endpoint) {
    JsonNode conditions = endpoint.path("conditions");
    return conditions.path("ready")
        + " "
        + conditions.path("serving")
        + " "
        + conditions.path("terminating");
  }

  @Test
  void publish_service_hasSlicesAsKubernetesWantsThem() throws Exception {
    register(0, 250);
    registry.register(ServiceInstance.http("payment", "six", "2001:DB8:0:0:0:0:0:1", 8080));
    registry.register(ServiceInstance.http("payment", "named", "p.example", 8080));
    registry.register(ServiceInstance.http("payment", "local", "127.0.0.1", 8080));
    registry.register(instance(260).withPort("Admin_Port", 9).withStatus(InstanceStatus.DOWN));
    registry.register(instance(261).withPort("grpc", 9090).withWeight(0));

    publisher("a", Map.of("payment", "payment"));

    awaitEndpoints(253);
    assertThat(api.slices()).hasSize(5);
    for (JsonNode slice : api.slices()) {
      assertThat(slice.path("endpoints").size()).isLessThanOrEqualTo(100);
      assertThat(slice.at("/metadata/labels").toString())
          .contains("\"kubernetes.io/service-name\":\"payment\"")
          .contains("\"endpointslice.kubernetes.io/managed-by\":\"holdfast\"")
          .contains("\"service.kubernetes.io/headless\":\"\"");
      assertThat(slice.at("/metadata/ownerReferences/0/kind").asText()).isEqualTo("Service");
    }
    JsonNode first = endpoint("10.0.0.1");
    assertThat(conditions(first)).isEqualTo("true true false");
    assertThat(first.path("zone").asText()).isEqualTo("eu-1a");
    assertThat(first.path("hostname").asText()).isEqualTo("p-0");
    assertThat(endpoints()).containsKey("2001:db8::1");
    assertThat(conditions(endpoint("10.0.1.61"))).isEqualTo("false false false");
    assertThat(conditions(endpoint("10.0.1.62"))).isEqualTo("false false false");
    await()
        .atMost(PATIENCE)
        .until(() -> said.stream().anyMatch(it -> it.contains("named on p.example")));
    assertThat(said).anyMatch(it -> it.contains("local on 127.0.0.1"));
  }

  @Test
  void drain_oneOfMany_isOneWriteAndAcknowledgedAfterIt() throws Exception {
    List<Registration> all = register(0, 250);
    publisher("a", Map.of("payment", "payment"));
    awaitEndpoints(250);
    api.writes.clear();
    CompletableFuture<Void> mayGoOn = new CompletableFuture<>();
    api.fail("PUT", 503, null, mayGoOn::join);

    CompletableFuture<DrainResult> drained = all.get(7).drain(PATIENCE);
    await().atMost(PATIENCE).until(() -> !api.writes.isEmpty());

    assertThat(drained).isNotDone();
    mayGoOn.complete(null);
    DrainResult result = drained.get(30, TimeUnit.SECONDS);
    assertThat(result.isComplete()).isTrue();
    assertThat(conditions(endpoint("10.0.0.8"))).isEqualTo("false true true");
    assertThat(api.writes).hasSize(2).allMatch(it -> it.equals(api.writes.get(0)));
    all.get(7).close();
    awaitEndpoints(249);
    assertThat(api.writes).hasSize(3);
  }

  @Test
  void publish_registryAway_changesNothing() throws Exception {
    register(0, 3);
    publisher(
        "a", Map.of("payment", "payment"), Duration.ofMillis(50), SlicePublisher.Orphans.KEEP);
    awaitEndpoints(3);
    int before = api.writes.size();

    cluster.cut("serving");
    cluster.cut("a");

    await()
        .atMost(PATIENCE)
        .until(() -> said.contains("a: this process no longer writes the slices"));
    assertThat(api.writes).hasSize(before);
    assertThat(endpoints()).hasSize(3);
    cluster.heal("serving");
    cluster.heal("a");
    register(3, 4);
    awaitEndpoints(4);
    assertThat(endpoints().values()).allMatch(it -> conditions(it).equals("true true false"));
  }

  @Test
  void publish_serverBusyOrWrittenByOthers_waitsAsToldAndComesInStep() throws Exception {
    api.fail("POST", MockApiServer.REPLY_LOST, null, () -> {});
    register(0, 2);
    publisher(
        "a", Map.of("payment", "payment"), Duration.ofSeconds(1), SlicePublisher.Orphans.KEEP);
    awaitEndpoints(2);

    // Retry-After is kept, though there are changes.
    long start = System.nanoTime();
    CompletableFuture<Void> refused = new CompletableFuture<>();
    api.fail("PUT", 429, "1", () -> refused.complete(null));
    register(2, 3);
    refused.get(30, TimeUnit.SECONDS);
    register(3, 4);
    awaitEndpoints(4);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));

    // Somebody writes between our reading and our writing.
    String name = api.slices().get(0).at("/metadata/name").asText();
    api.edit(name, slice -> slice.withObject("metadata").withObject("labels").put("team", "x"));
    register(4, 5);
    awaitEndpoints(5);
    assertThat(api.answers).contains(409);
    assertThat(api.slices().get(0).at("/metadata/labels/team").asText()).isEqualTo("x");

    assertThat(api.slices()).hasSize(1);

    // What is deleted or emptied by hand comes back.
    api.remove(name);
    awaitEndpoints(5);
    String next = api.slices().get(0).at("/metadata/name").asText();
    api.edit(next, slice -> slice.putArray("endpoints"));
    awaitEndpoints(5);
  }

  @Test
  void publish_tokenChanges_isReadAgain() throws Exception {
    publisher("a", Map.of("payment", "payment"));
    register(0, 1);
    awaitEndpoints(1);

    api.tokens.clear();
    register(1, 2);
    await().atMost(PATIENCE).until(() -> said.stream().anyMatch(it -> it.contains("401")));
    api.tokens.add("token-2");
    Files.writeString(token, "token-2");

    awaitEndpoints(2);
    assertThat(said).noneMatch(it -> it.contains("token-1") || it.contains("token-2"));
  }

  @Test
  void publish_two_oneWritesAndTheNextGoesOn() throws Exception {
    register(0, 150);
    AutoCloseable first = publisher("a", Map.of("payment", "payment"));
    awaitEndpoints(150);
    publisher("b", Map.of("payment", "payment"));
    String term = api.slices().get(0).at("/metadata/annotations").toString();
    int before = api.writes.size();
    register(150, 151);
    awaitEndpoints(151);
    assertThat(api.writes).hasSize(before + 1);
    assertThat(said).noneMatch(it -> it.startsWith("b: this process writes"));

    first.close();

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                api.slices().stream()
                    .noneMatch(it -> it.at("/metadata/annotations").toString().equals(term)));
    // Once each, so that a late write of the first is refused.
    assertThat(api.writes).hasSize(before + 3);
    register(151, 152);
    awaitEndpoints(152);
  }

  @Test
  void publish_writtenByALaterLeader_writesNothing() throws Exception {
    register(0, 1);
    AutoCloseable first = publisher("a", Map.of("payment", "payment"));
    awaitEndpoints(1);
    first.close();
    String name = api.slices().get(0).at("/metadata/name").asText();
    api.edit(
        name,
        slice ->
            slice
                .withObject("metadata")
                .withObject("annotations")
                .put(Slice.TERM, "00000009-0000-0000-0000-000000000000"));
    int before = api.writes.size();

    publisher("b", Map.of("payment", "payment"));

    await().atMost(PATIENCE).until(() -> said.stream().anyMatch(it -> it.contains("later leader")));
    assertThat(api.writes).hasSize(before);
  }

  @Test
  void publish_servicesThatCannotBe_areToldAndTheOthersGoOn() throws Exception {
    api.service("selected", Map.of("selector", Map.of("app", "x")));
    registry.register(ServiceInstance.http("selected", "s", "10.1.0.1", 80));
    registry.register(ServiceInstance.http("missing", "m", "10.1.0.2", 80));
    register(0, 1);
    api.page = 1;

    AutoCloseable first =
        publisher(
            "a",
            Map.of("missing", "missing", "payment", "payment", "selected", "selected"),
            Duration.ofSeconds(1),
            SlicePublisher.Orphans.KEEP);

    awaitEndpoints(1);
    await()
        .atMost(PATIENCE)
        .until(() -> said.stream().anyMatch(it -> it.contains("has a selector")));
    await()
        .atMost(PATIENCE)
        .until(() -> said.stream().anyMatch(it -> it.contains("there is no Service missing")));
    api.service("missing", Map.of());
    awaitEndpoints(2);

    // What is left of a service that is no longer published: told, or deleted if wanted.
    first.close();
    AutoCloseable second = publisher("b", Map.of("payment", "payment"));
    await().atMost(PATIENCE).until(() -> said.stream().anyMatch(it -> it.contains("b: slices of")));
    assertThat(endpoints()).hasSize(2);
    second.close();
    publisher(
        "c", Map.of("payment", "payment"), Duration.ofSeconds(30), SlicePublisher.Orphans.DELETE);
    awaitEndpoints(1);
  }

  @Test
  void publish_slicesOfOthersInTheList_areLeftAlone() throws Exception {
    register(0, 1);
    AutoCloseable first = publisher("a", Map.of("payment", "payment"));
    awaitEndpoints(1);
    first.close();
    ObjectNode theirs = (ObjectNode) api.slices().get(0);
    ObjectNode metadata = theirs.withObject("metadata").put("name", "theirs");
    metadata.remove("resourceVersion");
    metadata.withObject("labels").put(Slice.PUBLISHER, "others").put(Slice.SERVICE, "x");
    ((ArrayNode) theirs.at("/endpoints/0/addresses")).removeAll().add("10.9.9.9");
    api.add(theirs);
    api.selects = false;

    publisher(
        "b", Map.of("payment", "payment"), Duration.ofMillis(50), SlicePublisher.Orphans.DELETE);
    register(1, 3);

    awaitEndpoints(4);
    assertThat(endpoints()).containsKey("10.9.9.9");
    assertThat(api.writes).noneMatch(it -> it.contains("theirs"));
  }

  @Test
  void publish_orphanThatCannotBeDeleted_keepsNobodyWaiting() throws Exception {
    api.service("former", Map.of());
    registry.register(ServiceInstance.http("former", "f", "10.1.0.1", 80));
    AutoCloseable first = publisher("a", Map.of("former", "former"));
    awaitEndpoints(1);
    first.close();
    for (int tries = 0; tries < 100; tries++) {
      api.fail("DELETE", 403, null, () -> {});
    }
    register(0, 1);

    publisher(
        "b", Map.of("payment", "payment"), Duration.ofSeconds(30), SlicePublisher.Orphans.DELETE);

    awaitEndpoints(2);
    assertThat(said).anyMatch(it -> it.contains("stay: DELETE") && it.contains("403"));
  }

  @Test
  void ask_answerThatStopsAfterItsHeaders_isWaitedForNoLonger() {
    api.fail("GET", MockApiServer.STALLED, null, () -> {});

    assertThatThrownBy(
            () -> server(new ApiServer.Bounds(Duration.ofSeconds(1), 1 << 20)).service("payment"))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("does not answer");
  }

  @Test
  void ask_answerWithoutEnd_isBrokenOff() {
    api.fail("GET", MockApiServer.ENDLESS, null, () -> {});

    assertThatThrownBy(() -> server(new ApiServer.Bounds(PATIENCE, 1 << 20)).service("payment"))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("answers with too much: the answer has more than");
  }

  private ApiServer server(ApiServer.Bounds bounds) {
    HttpClient http =
        HttpClient.newBuilder()
            .sslContext(
                TlsMaterial.of(Credentials.none().withAuthorities(authority.pem())).context())
            .build();
    return new ApiServer(http, api.uri(), MockApiServer.NAMESPACE, Optional.of(token), bounds);
  }

  @Test
  void command_inAThread_publishesUntilInterrupted() throws Exception {
    String store = "memory://kubernetes-command/test";
    try (Coordinator coordinator = Coordinator.connect(store, OPTIONS);
        Registry serving = new Registry(coordinator)) {
      serving.register(ServiceInstance.http("billing.eu", "b-1", "10.2.0.1", 80));
      api.service("billing", Map.of());
      CompletableFuture<CommandRun> run = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> run.complete(CommandRun.of(arguments(store, "https", "billing.eu=billing"))),
              "publish-command");
      thread.start();
      awaitEndpoints(1);
      thread.interrupt();
      assertThat(run.get(30, TimeUnit.SECONDS).err())
          .contains("this process writes the slices now");
    }
  }

  @Test
  void command_wrongOptions_areRefused() {
    String[] plain = arguments("memory://x/y", "http", "a");
    plain[6] = "http://10.0.0.1:8001";
    assertThat(CommandRun.of(plain).err()).contains("on loopback only");
    assertThat(CommandRun.of(arguments("memory://x/y", "https", "Not_A_Label")).err())
        .contains("cannot be the name of a Service");
    assertThat(CommandRun.of(arguments("memory://x/y", "https", "a=c", "b=c")).err())
        .contains("given twice");
  }

  private String[] arguments(String store, String scheme, String... names) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "services",
                "publish",
                "kubernetes",
                "--connect",
                store,
                "--api-server",
                api.uri().toString().replace("https", scheme),
                "--api-ca",
                authority.pem().toString(),
                "--api-token-file",
                token.toString(),
                "--kubernetes-namespace",
                MockApiServer.NAMESPACE));
    all.addAll(List.of(names));
    return all.toArray(String[]::new);
  }
}
