package io.holdfast.cli.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.CommandRun;
import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class ServiceCommandsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String uri = "memory://services/" + UUID.randomUUID();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Coordinator coordinator;
  private Registry registry;
  private Registration billing;
  private Path folder;

  @BeforeEach
  void register(@TempDir Path temporary) throws InterruptedException {
    folder = temporary;
    coordinator = Coordinator.connect(uri);
    registry = new Registry(coordinator);
    billing = registry.register(ServiceInstance.http("billing", "b-1", "10.0.0.7", 8080));
  }

  @AfterEach
  void disconnect() {
    threads.shutdownNow();
    registry.close();
    coordinator.close();
  }

  private JsonNode shown(String service) {
    return CommandRun.of("services", "show", service, "--connect", uri, "--output", "json")
        .json()
        .get(0);
  }

  @Test
  void override_andClear_showBothStatusesAndAreAudited() {
    CommandRun run =
        CommandRun.of(
            "services", "override", "b-1", "down", "--reason", "disk swap", "--connect", uri);

    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode overridden = shown("billing");
    assertThat(overridden.path("status").asText()).isEqualTo("DOWN");
    assertThat(overridden.path("own_status").asText()).isEqualTo("UP");
    assertThat(overridden.path("override_reason").asText()).isEqualTo("disk swap");
    assertThat(overridden.path("override_by").asText()).startsWith(System.getProperty("user.name"));
    assertThat(overridden.path("freshness").asText()).isEqualTo("LIVE");

    assertThat(
            CommandRun.of("services", "clear-override", "billing", "b-1", "--connect", uri)
                .exitCode())
        .isZero();
    assertThat(shown("billing").path("status").asText()).isEqualTo("UP");
    assertThat(shown("billing").path("override_by").isNull()).isTrue();
    JsonNode audit = CommandRun.of("audit", "--connect", uri, "--output", "json").json();
    assertThat(audit.findValuesAsText("action"))
        .containsExactly("service.override", "service.clear-override");
    assertThat(audit.get(0).path("reason").asText()).isEqualTo("disk swap");
  }

  @Test
  void override_wrongUsage_isExitCode2And4() {
    assertThat(
            CommandRun.of(
                    "services", "override", "b-1", "sleepy", "--reason", "x", "--connect", uri)
                .err())
        .contains("not a status", "OUT_OF_SERVICE");
    assertThat(
            CommandRun.of("services", "override", "none", "down", "--reason", "x", "--connect", uri)
                .exitCode())
        .isEqualTo(4);
    CommandRun early =
        CommandRun.of("services", "override", "billing", "b-9", "down", "--connect", uri);
    assertThat(early.exitCode()).as(early.err()).isZero();
    assertThat(early.out()).contains("no such instance is registered now").hasLineCount(1);
  }

  @Test
  void override_idOfTwoServices_asksForTheName() throws InterruptedException {
    try (Registration other =
        registry.register(ServiceInstance.http("orders", "b-1", "10.0.0.8", 8080))) {
      CommandRun run =
          CommandRun.of("services", "override", "b-1", "down", "--reason", "x", "--connect", uri);
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains("billing", "orders");
      assertThat(other.isPublished()).isTrue();
    }
  }

  @Test
  void drain_viewThatFollows_isCompleteAndTheViewPassesIt() throws InterruptedException {
    try (ServiceView view = registry.view("billing")) {
      assertThat(view.awaitInstances(1, PATIENCE)).isPresent();

      CommandRun run =
          CommandRun.of(
              "services",
              "drain",
              "billing",
              "b-1",
              "--wait",
              "30s",
              "--reason",
              "upgrade",
              "--connect",
              uri,
              "--output",
              "json");

      assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
      assertThat(run.json().get(0).path("complete").asBoolean()).isTrue();
      assertThat(view.snapshot().up()).isEmpty();
    }
    assertThat(shown("billing").path("status").asText()).isEqualTo("DRAINING");
    assertThat(CommandRun.of("audit", "--connect", uri).out()).contains("upgrade");
    assertThat(CommandRun.of("services", "drain", "billing", "b-9", "--connect", uri).exitCode())
        .isEqualTo(4);
  }

  @Test
  void clearOverride_withAndWithoutOne_tellsWhich() {
    CommandRun none = CommandRun.of("services", "clear-override", "b-1", "--connect", uri);
    assertThat(none.exitCode()).as(none.err()).isZero();
    assertThat(none.out()).contains("was not overridden: nothing done");
    assertThat(CommandRun.of("audit", "--connect", uri).out()).doesNotContain("clear-override");

    CommandRun.of("services", "override", "b-1", "down", "--reason", "ill", "--connect", uri);
    CommandRun done =
        CommandRun.of("services", "clear-override", "b-1", "--reason", "well", "--connect", uri);

    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(done.out()).contains("is not overridden any more");
    assertThat(CommandRun.of("audit", "--connect", uri).out())
        .contains("clear-override")
        .contains("well");
  }

  @Test
  void deregister_needsYes_andALiveInstanceComesBack() {
    CommandRun dry = CommandRun.of("services", "deregister", "billing", "b-1", "--connect", uri);
    assertThat(dry.exitCode()).isZero();
    assertThat(dry.out()).contains("dry run", "billing/b-1");
    assertThat(billing.isPublished()).isTrue();

    long epoch = shown("billing").path("epoch").asLong();
    CommandRun done = CommandRun.of("services", "deregister", "b-1", "--yes", "--connect", uri);
    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(CommandRun.of("audit", "--connect", uri).out()).contains("service.deregister");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                registry
                    .list("billing")
                    .join()
                    .find("b-1")
                    .filter(there -> there.epoch().value() > epoch)
                    .isPresent());
  }

  @Test
  void watch_instances_areToldAndThenTheirChanges() throws Exception {
    Future<CommandRun> watching =
        threads.submit(
            () ->
                CommandRun.of(
                    "services",
                    "watch",
                    "billing",
                    "--count",
                    "3",
                    "--connect",
                    uri,
                    "--output",
                    "json"));
    // The first two lines, in one change or in two: there it is, and the view is live.
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              billing.update(now -> now.withWeight(now.weight() + 1)).join();
              return watching.isDone();
            });
    CommandRun run = watching.get(10, TimeUnit.SECONDS);
    assertThat(run.exitCode()).isZero();
    assertThat(run.jsonLine(0).path("change").asText()).isIn("added", "freshness");
    assertThat(run.out())
        .contains("\"change\":\"added\"", "\"id\":\"b-1\"", "\"own_status\":\"UP\"");
    assertThat(run.out()).contains("\"change\":\"updated\"").contains("\"freshness\":\"LIVE\"");
  }

  @Test
  void register_command_isRegisteredWhileItRuns() throws Exception {
    Path go = folder.resolve("go");
    String script = "while [ ! -e %s ]; do sleep 0.1; done; exit 7".formatted(go);
    Future<CommandRun> running =
        threads.submit(
            () ->
                CommandRun.of(
                    "services",
                    "register",
                    "mail",
                    "--id",
                    "m-1",
                    "--host",
                    "10.0.0.9",
                    "--port",
                    "http=8080",
                    "--port",
                    "admin=9090",
                    "--zone",
                    "eu-1",
                    "--weight",
                    "50",
                    "--tag",
                    "blue",
                    "--meta",
                    "team=core",
                    "--connect",
                    uri,
                    "--",
                    "sh",
                    "-c",
                    script));
    await().atMost(PATIENCE).until(() -> registry.list("mail").join().find("m-1").isPresent());
    RegisteredInstance there = registry.list("mail").join().find("m-1").orElseThrow();
    assertThat(there.instance().status()).isEqualTo(InstanceStatus.UP);
    assertThat(there.instance().ports()).containsEntry("http", 8080).containsEntry("admin", 9090);
    assertThat(there.instance().zone()).isEqualTo("eu-1");
    assertThat(there.instance().weight()).isEqualTo(50);
    assertThat(there.instance().tags()).containsExactly("blue");
    assertThat(there.instance().metadata("team")).contains("core");

    Files.createFile(go);

    assertThat(running.get(60, TimeUnit.SECONDS).exitCode()).isEqualTo(7);
    assertThat(registry.list("mail").join().find("m-1")).isEmpty();
  }

  @Test
  void register_wrongUsage_isExitCode2() {
    assertThat(
            CommandRun.of(
                    "services",
                    "register",
                    "mail",
                    "--id",
                    "m",
                    "--host",
                    "h",
                    "--port",
                    "http=8080",
                    "--check",
                    "ping",
                    "--connect",
                    uri)
                .exitCode())
        .isEqualTo(2);
    assertThat(
            CommandRun.of(
                    "services",
                    "register",
                    "mail",
                    "--id",
                    "m",
                    "--host",
                    "h",
                    "--port",
                    "http=99999",
                    "--connect",
                    uri)
                .exitCode())
        .isEqualTo(2);
  }

  @Test
  void register_noSuchProgram_isExitCode126AndNotRegistered() {
    CommandRun run =
        CommandRun.of(
            "services",
            "register",
            "mail",
            "--id",
            "m",
            "--host",
            "h",
            "--port",
            "http=8080",
            "--connect",
            uri,
            "--",
            "no-such-program");
    assertThat(run.exitCode()).isEqualTo(126);
    assertThat(registry.list("mail").join().isEmpty()).isTrue();
  }
}
