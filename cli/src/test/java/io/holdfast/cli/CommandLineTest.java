package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class CommandLineTest {

  private final String uri = "memory://cli/" + UUID.randomUUID();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Coordinator coordinator;

  @BeforeEach
  void connect() {
    coordinator =
        Coordinator.connect(
            uri, CoordinatorOptions.defaults().withOwner(Owner.thisProcess("orders")));
  }

  @AfterEach
  void disconnect() {
    coordinator.close();
  }

  private int run(String... args) {
    CommandLine commandLine = Holdfast.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    return commandLine.execute(args);
  }

  private JsonNode json() throws Exception {
    return new ObjectMapper().readTree(out.toString());
  }

  @Test
  void locksList_nothingHeld_saysSo() {
    assertThat(run("locks", "list", "--connect", uri)).isZero();
    assertThat(out.toString()).contains("no lock is held");
  }

  @Test
  void locksList_heldLock_showsHolderTokenAndWaiters() throws Exception {
    try (LockGrant grant =
            new Locks(coordinator).lock("invoice-7", LockConfig.unshared()).exclusive().acquire();
        LockGrant other = new Locks(coordinator).lock("other").exclusive().acquire()) {
      CompletableFuture<LockGrant> waiter =
          new Locks(coordinator)
              .lock("invoice-7", LockConfig.unshared())
              .exclusive()
              .acquireAsync();
      awaitQueue("invoice-7", 2);

      assertThat(run("locks", "list", "invoice", "--connect", uri, "--output", "json")).isZero();

      assertThat(json()).hasSize(1);
      JsonNode lock = json().get(0);
      assertThat(lock.path("name").asText()).isEqualTo("invoice-7");
      assertThat(lock.path("holder").asText()).isEqualTo("orders");
      assertThat(lock.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
      assertThat(lock.path("token").asText()).isEqualTo(grant.token().toString());
      assertThat(lock.path("waiters").asInt()).isEqualTo(1);
      assertThat(lock.path("since").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
      assertThat(lock.path("held_at_most_ms").isNumber()).isTrue();
      assertThat(lock.path("path").asText()).endsWith("/locks/invoice-7");
      assertThat(other.isHeld()).isTrue();
      waiter.cancel(true);
    }
  }

  @Test
  void locksShow_queue_isATableWithTheHolderFirst() throws Exception {
    try (LockGrant grant =
        new Locks(coordinator).lock("invoice-7", LockConfig.unshared()).exclusive().acquire()) {
      assertThat(run("locks", "show", "invoice-7", "--connect", uri)).isZero();

      String[] lines = out.toString().split("\n", -1);
      assertThat(lines[0]).startsWith("POSITION").contains("OWNER", "TOKEN", "PATH");
      assertThat(lines[1]).startsWith("0").contains("orders", grant.token().toString());
    }
  }

  @Test
  void locksShow_unknownLock_isNotFound() {
    assertThat(run("locks", "show", "nobodys", "--connect", uri)).isEqualTo(4);
    assertThat(err.toString()).contains("nobody holds lock 'nobodys'");
  }

  @Test
  void services_registeredInstance_isListedAndShown() throws Exception {
    try (Registry registry = new Registry(coordinator)) {
      registry.register(
          ServiceInstance.http("billing", "b-1", "10.0.0.7", 8080)
              .withZone("eu-1")
              .withTags(Set.of("blue"))
              .withMetadata("shards", "1,2"));

      assertThat(run("services", "list", "--connect", uri, "--output", "json")).isZero();
      assertThat(json().get(0).path("service").asText()).isEqualTo("billing");
      assertThat(json().get(0).path("up").asInt()).isEqualTo(1);

      out.getBuffer().setLength(0);
      assertThat(run("services", "show", "billing", "--connect", uri, "--output", "json")).isZero();
      JsonNode instance = json().get(0);
      assertThat(instance.path("id").asText()).isEqualTo("b-1");
      assertThat(instance.path("status").asText()).isEqualTo("UP");
      assertThat(instance.path("port_http").asInt()).isEqualTo(8080);
      assertThat(instance.path("meta_shards").asText()).isEqualTo("1,2");
      assertThat(instance.path("zone").asText()).isEqualTo("eu-1");
      assertThat(instance.path("version").isNull()).isTrue();

      out.getBuffer().setLength(0);
      assertThat(run("services", "show", "billing", "--connect", uri)).isZero();
      assertThat(out.toString()).contains("STATUS", "http=8080", "blue");
    }
    assertThat(run("services", "show", "billing", "--connect", uri)).isEqualTo(4);
  }

  @Test
  void usage_wrong_isExitCode2AndOneLine() {
    assertThat(run("locks", "list", "--connect", "nonsense")).isEqualTo(2);
    assertThat(err.toString()).contains("not a cluster address").hasLineCount(1);
    assertThat(run("locks", "list", "--connect", "consul://h:1/x")).isEqualTo(2);
    assertThat(err.toString()).contains("no backend for 'consul://'");
    assertThat(run("locks", "show", "", "--connect", uri)).isEqualTo(2);
    err.getBuffer().setLength(0);
    assertThat(run("transactions", "show")).isEqualTo(2);
    assertThat(err.toString())
        .contains("ID", "see holdfast transactions show --help")
        .hasLineCount(2);
    assertThat(run("locks")).isEqualTo(2);
    assertThat(run("nonsense")).isEqualTo(2);
  }

  @Test
  void cluster_absent_isExitCode3() {
    assertThat(run("locks", "list", "--connect", "zookeeper://127.0.0.1:1", "--timeout", "1"))
        .isEqualTo(3);
    assertThat(err.toString()).contains("within 1000 ms: connection refused 127.0.0.1:1");
  }

  @Test
  void completion_generated_knowsTheCommands() {
    assertThat(run("generate-completion")).isZero();
    assertThat(out.toString()).contains("locks", "services", "--connect");
  }

  private void awaitQueue(String lock, int size) {
    org.awaitility.Awaitility.await()
        .until(() -> new LockQueues(coordinator).queue(lock).join().size() == size);
  }
}
