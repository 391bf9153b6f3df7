package io.holdfast.cli.locks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.cli.Holdfast;
import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
import picocli.CommandLine;

@Timeout(60)
final class ExecUnderLockTest {

  private final String uri = "memory://exec/" + UUID.randomUUID();
  private final StringWriter err = new StringWriter();
  private Coordinator coordinator;
  private Path folder;

  @BeforeEach
  void connect(@TempDir Path temporary) {
    folder = temporary;
    coordinator = Coordinator.connect(uri);
  }

  @AfterEach
  void disconnect() {
    coordinator.close();
  }

  private int exec(List<String> options, String script) {
    CommandLine commandLine = Holdfast.commandLine();
    commandLine.setErr(new PrintWriter(err));
    List<String> line = new ArrayList<>(List.of("locks", "exec", "--connect", uri));
    line.addAll(options);
    line.addAll(List.of("--", "sh", "-c", script));
    return commandLine.execute(line.toArray(String[]::new));
  }

  @Test
  void exec_command_getsTokenAndGivesItsExitCode() throws Exception {
    Path file = folder.resolve("token");

    int code =
        exec(
            List.of("a", "--and", "b"),
            "echo $HOLDFAST_TOKEN $HOLDFAST_LOCKS > %s; exit 7".formatted(file));

    assertThat(code).isEqualTo(7);
    String[] said = Files.readString(file).strip().split(" ", 2);
    assertThat(FencingToken.parse(said[0])).isGreaterThan(FencingToken.NONE);
    assertThat(said[1]).isEqualTo("a b");
    assertThat(new LockQueues(coordinator).queue("a").join()).isEmpty();
    assertThat(new LockQueues(coordinator).queue("b").join()).isEmpty();
  }

  @Test
  void exec_command_isThePurposeUnlessOneIsGiven() throws Exception {
    assertThat(purposeWhile(List.of("a"), "wait")).isEqualTo("sh \u2026");
    assertThat(purposeWhile(List.of("a", "--purpose", "the nightly report"), "again"))
        .isEqualTo("the nightly report");
  }

  private String purposeWhile(List<String> options, String name) throws Exception {
    Path end = folder.resolve(name);
    String script = "while [ ! -e %s ]; do sleep 0.1; done".formatted(end);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> running = thread.submit(() -> exec(options, script));
      LockQueues queues = new LockQueues(coordinator);
      await().until(() -> !queues.queue("a").join().isEmpty());
      String purpose = queues.queue("a").join().get(0).purpose().orElseThrow();
      Files.createFile(end);
      assertThat(running.get(60, TimeUnit.SECONDS)).isZero();
      return purpose;
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void exec_anyNames_areToldWithoutSpaces() throws Exception {
    Path file = folder.resolve("locks");

    int code =
        exec(List.of("order/47 11", "--and", "订单"), "echo $HOLDFAST_LOCKS > %s".formatted(file));

    assertThat(code).isZero();
    assertThat(Files.readString(file).strip()).isEqualTo("order%2F47%2011 %E8%AE%A2%E5%8D%95");
  }

  @Test
  void exec_whileItRuns_theLockIsHeld() throws Exception {
    Path file = folder.resolve("seen");
    String nested = "test -e %s || touch %s".formatted(file, file);
    try (LockGrant held = new Locks(coordinator).lock("busy").exclusive().acquire()) {
      assertThat(exec(List.of("busy", "--wait", "100ms"), nested)).isEqualTo(124);
      assertThat(err.toString()).contains("not free").contains("busy");
      assertThat(file).doesNotExist();
      assertThat(held.isHeld()).isTrue();
    }
    assertThat(exec(List.of("busy", "--wait", "10s"), nested)).isZero();
    assertThat(file).exists();
  }

  @Test
  void exec_shared_isHeldTogetherWithAReader() throws Exception {
    try (LockGrant reader = new Locks(coordinator).lock("report").read().acquire()) {
      assertThat(exec(List.of("report", "--shared", "--wait", "10s"), "true")).isZero();
      assertThat(exec(List.of("report", "--wait", "0s"), "true")).isEqualTo(124);
      assertThat(reader.isHeld()).isTrue();
    }
  }

  @Test
  void exec_permits_areLimited() throws Exception {
    try (LockGrant two = new Locks(coordinator).lock("gate").permits(2, 3).acquire()) {
      List<String> gate = List.of("gate", "--permits", "3", "--wait", "0s");
      assertThat(exec(gate, "true")).isZero();
      assertThat(exec(List.of("gate", "--permits", "3", "--take", "2", "--wait", "0s"), "true"))
          .isEqualTo(124);
      assertThat(two.isHeld()).isTrue();
    }
  }

  @Test
  void exec_killedCommand_isReportedAsAShellDoes() {
    assertThat(exec(List.of("a"), "kill -9 $$")).isEqualTo(128 + 9);
  }

  @Test
  void exec_lockReleasedByForce_endsTheCommandWithSigtermAnd125() throws Exception {
    Path started = folder.resolve("started");
    Path told = folder.resolve("told");
    String script =
        "trap 'touch %s; exit 0' TERM; touch %s; while :; do sleep 0.1; done"
            .formatted(told, started);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> running = threads.submit(() -> exec(List.of("stuck"), script));
      await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(started));

      int released =
          Holdfast.commandLine()
              .execute("locks", "release", "stuck", "--yes", "--reason", "hangs", "--connect", uri);

      assertThat(released).isZero();
      assertThat(running.get(30, TimeUnit.SECONDS)).isEqualTo(125);
      assertThat(told).exists();
      assertThat(err.toString()).contains("lost stuck");
      assertThat(new LockQueues(coordinator).queue("stuck").join()).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void exec_noSuchCommand_is127() {
    CommandLine commandLine = Holdfast.commandLine();
    commandLine.setErr(new PrintWriter(err));

    assertThat(commandLine.execute("locks", "exec", "--connect", uri, "a", "--", "no-such-program"))
        .isEqualTo(127);
    assertThat(err.toString()).contains("no-such-program");
  }

  @Test
  void exec_wrongUsage_is2() {
    assertThat(exec(List.of("a", "--shared", "--permits", "2"), "true")).isEqualTo(2);
    assertThat(exec(List.of("a", "--wait", "soon"), "true")).isEqualTo(2);
    assertThat(err.toString()).contains("'soon' is not a duration; write 500ms, 10s, 2m or 1h");
    assertThat(exec(List.of("a", "--and", "a"), "true")).isEqualTo(2);
    assertThat(exec(List.of("x".repeat(201)), "true")).isEqualTo(2);
  }
}
