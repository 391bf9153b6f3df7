package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.admin.LockQueues;
import io.holdfast.cli.console.TerminalText;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.election.Elections;
import io.holdfast.election.Leadership;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.lock.RemovedFromQueueException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What operators look at and do, beyond listing. */
@Timeout(120)
final class OperatorCommandsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String uri = "memory://operator/" + UUID.randomUUID();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Coordinator coordinator;
  private Locks locks;
  private LockQueues queues;

  @BeforeEach
  void connect() {
    coordinator =
        Coordinator.connect(
            uri, CoordinatorOptions.defaults().withOwner(Owner.thisProcess("orders")));
    locks = new Locks(coordinator);
    queues = new LockQueues(coordinator);
  }

  @AfterEach
  void disconnect() {
    threads.shutdownNow();
    coordinator.close();
  }

  private void awaitQueue(String lock, int size) {
    await().atMost(PATIENCE).until(() -> queues.queue(lock).join().size() == size);
  }

  @Test
  void release_withoutYes_namesTheHolderAndDoesNothing() throws Exception {
    try (LockGrant grant = locks.lock("a").exclusive().acquire()) {
      CommandRun run = CommandRun.of("locks", "release", "a", "--connect", uri);

      assertThat(run.exitCode()).isZero();
      assertThat(run.out()).contains("dry run").contains("orders").contains(grant.token() + "");
      assertThat(grant.isHeld()).isTrue();
      assertThat(CommandRun.of("audit", "--connect", uri).out()).contains("no operator");
    }
  }

  @Test
  void release_withYes_takesTheLockAndIsInTheAudit() throws Exception {
    LockGrant grant = locks.lock("a").exclusive().acquire();

    CommandRun run =
        CommandRun.of("locks", "release", "a", "--yes", "--reason", "stuck", "--connect", uri);

    assertThat(run.exitCode()).as(run.err()).isZero();
    await().atMost(PATIENCE).until(() -> grant.state() == GrantState.LOST);
    JsonNode audit = CommandRun.of("audit", "--connect", uri, "--output", "json").json().get(0);
    assertThat(audit.path("action").asText()).isEqualTo("lock.release");
    assertThat(audit.path("subject").asText()).contains("orders");
    assertThat(audit.path("reason").asText()).isEqualTo("stuck");
    assertThat(audit.path("user").asText()).isEqualTo(System.getProperty("user.name"));
  }

  @Test
  void release_place_takesTheWaiterOnly() throws Exception {
    try (LockGrant grant = locks.lock("a").exclusive().acquire()) {
      CompletableFuture<LockGrant> waiter =
          locks.lock("a", LockConfig.unshared()).exclusive().acquireAsync();
      awaitQueue("a", 2);

      CommandRun run =
          CommandRun.of(
              "locks",
              "release",
              "a",
              "--place",
              "1",
              "--yes",
              "--reason",
              "stuck",
              "--connect",
              uri);

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(waiter)
          .failsWithin(PATIENCE)
          .withThrowableThat()
          .havingCause()
          .isInstanceOf(RemovedFromQueueException.class)
          .withMessageContaining("reason: stuck");
      assertThat(grant.isHeld()).isTrue();
      awaitQueue("a", 1);
    }
  }

  @Test
  void release_absentOrOtherToken_isNotFound() throws Exception {
    assertThat(CommandRun.of("locks", "release", "none", "--yes", "--connect", uri).exitCode())
        .isEqualTo(4);
    try (LockGrant grant = locks.lock("a").exclusive().acquire()) {
      CommandRun run =
          CommandRun.of("locks", "release", "a", "--token", "1", "--yes", "--connect", uri);
      assertThat(run.exitCode()).isEqualTo(4);
      assertThat(run.err()).contains(grant.token().toString());
      assertThat(grant.isHeld()).isTrue();
    }
  }

  @Test
  void show_aHolderAndAWaiter_tellsHeldBesideWaited() throws Exception {
    try (LockGrant grant = locks.lock("a").exclusive().acquire()) {
      CompletableFuture<LockGrant> waiter =
          locks.lock("a", LockConfig.unshared()).exclusive().acquireAsync();
      awaitQueue("a", 2);

      CommandRun table = CommandRun.of("locks", "show", "a", "--connect", uri);
      JsonNode json =
          CommandRun.of("locks", "show", "a", "--connect", uri, "--output", "json").json();

      assertThat(table.out()).contains("HELD", "WAITED").doesNotContain("AGE");
      assertThat(json.get(0).path("held_at_most_ms").isNumber()).isTrue();
      assertThat(json.get(0).path("waited_ms").isNull()).isTrue();
      assertThat(json.get(1).path("held_at_most_ms").isNull()).isTrue();
      assertThat(json.get(1).path("waited_ms").isNumber()).isTrue();
      assertThat(grant.isHeld()).isTrue();
      waiter.cancel(true);
    }
  }

  @Test
  void reason_isAskedForAlikeWhereverSomethingIsDoneToOthers() {
    for (String[] command :
        new String[][] {
          {"locks", "release"},
          {"generation", "bump"},
          {"services", "override"},
          {"services", "clear-override"},
          {"services", "drain"},
          {"services", "deregister"},
          {"transactions", "resolve"},
          {"sagas", "resume"},
          {"outbox", "resume"},
          {"outbox", "discard"}
        }) {
      String help = CommandRun.of(command[0], command[1], "--help").out();
      assertThat(help.replaceAll("\\s+", " "))
          .as(String.join(" ", command))
          .contains("[--reason=TEXT]", "why, for the audit trail");
    }
  }

  @Test
  void deadlocks_none_isExitCode0() throws Exception {
    try (LockGrant grant = locks.lock("a").exclusive().acquire()) {
      CommandRun run = CommandRun.of("locks", "deadlocks", "--connect", uri);
      assertThat(run.exitCode()).isZero();
      assertThat(run.out()).contains("nobody waits in a circle");
      assertThat(grant.isHeld()).isTrue();
    }
  }

  @Test
  void deadlocks_twoThreadsInACircle_areBothNamedWithExitCode1() throws Exception {
    CountDownLatch bothHold = new CountDownLatch(2);
    Future<?> first = threads.submit(() -> holdThenWant("a", "b", bothHold));
    Future<?> second = threads.submit(() -> holdThenWant("b", "a", bothHold));
    awaitQueue("a", 2);
    awaitQueue("b", 2);

    CommandRun run = CommandRun.of("locks", "deadlocks", "--connect", uri, "--output", "json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json()).hasSize(2);
    assertThat(run.json().findValuesAsText("lock")).containsExactlyInAnyOrder("a", "b");
    assertThat(run.json().get(0).path("waiter").asText()).isEqualTo("orders");
    assertThat(run.json().get(0).path("certain").isBoolean()).isTrue();
    first.cancel(true);
    second.cancel(true);
  }

  private Void holdThenWant(String held, String wanted, CountDownLatch bothHold)
      throws InterruptedException {
    try (LockGrant one = locks.lock(held, LockConfig.unshared()).exclusive().acquire()) {
      bothHold.countDown();
      bothHold.await();
      locks.lock(wanted, LockConfig.unshared()).exclusive().acquire().close();
      assertThat(one).isNotNull();
    }
    return null;
  }

  @Test
  void locks_anyName_isShownAsItWasTyped() throws Exception {
    for (String name :
        List.of("order/4711", "订单-1", "a b", "..", "%2F", "\uD83D\uDD12", "\u001b[2J")) {
      LockGrant grant = locks.lock(name).exclusive().acquire();
      String token = grant.token().toString();

      JsonNode listed = json("locks", "list", name).get(0);
      assertThat(listed.path("name").asText()).isEqualTo(name);
      assertThat(listed.path("path").asText()).endsWith("/" + grant.name().segment());
      assertThat(CommandRun.of("locks", "list", name, "--connect", uri).out())
          .containsPattern("\\R" + Pattern.quote(TerminalText.line(name)) + " +orders ");
      assertThat(json("locks", "show", name).get(0).path("token").asText()).isEqualTo(token);
      assertThat(json("locks", "watch", name, "--count", "1").path("lock").asText())
          .isEqualTo(name);
      CommandRun busy =
          CommandRun.of("locks", "exec", name, "--wait", "0s", "--connect", uri, "--", "true");
      assertThat(busy.exitCode()).isEqualTo(124);
      assertThat(busy.err()).contains(TerminalText.line(name));

      CommandRun run = CommandRun.of("locks", "release", name, "--yes", "--connect", uri);

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out()).contains("lock '" + TerminalText.line(name) + "'");
      await().atMost(PATIENCE).until(() -> grant.state() == GrantState.LOST);
    }
  }

  private JsonNode json(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--connect", uri, "--output", "json"));
    return CommandRun.of(all.toArray(String[]::new)).json();
  }

  @Test
  void locksWatch_holderAndWaiter_areToldAnObjectALine() throws Exception {
    try (LockGrant grant = locks.lock("job-1").exclusive().acquire();
        LockGrant other = locks.lock("other").exclusive().acquire()) {
      CompletableFuture<LockGrant> waiter =
          locks.lock("job-1", LockConfig.unshared()).exclusive().acquireAsync();
      awaitQueue("job-1", 2);

      CommandRun run =
          CommandRun.of(
              "locks", "watch", "job", "--count", "2", "--connect", uri, "--output", "json");

      assertThat(run.exitCode()).isZero();
      assertThat(run.out().lines()).hasSize(2);
      JsonNode first = run.jsonLine(0);
      assertThat(first.path("change").asText()).isEqualTo("acquired");
      assertThat(first.path("lock").asText()).isEqualTo("job-1");
      assertThat(first.path("owner").asText()).isEqualTo("orders");
      assertThat(first.path("token").asText()).isEqualTo(grant.token().toString());
      assertThat(run.jsonLine(1).path("change").asText()).isEqualTo("queued");
      assertThat(other.isHeld()).isTrue();
      waiter.cancel(true);
    }
    assertThat(CommandRun.of("locks", "watch", "--count", "-1", "--connect", uri).exitCode())
        .isEqualTo(2);
  }

  @Test
  void elections_leaderAndCandidate_areListedAndShown() throws Exception {
    Elections elections = new Elections(coordinator);
    try (Leadership leading = elections.election("recovery").campaign()) {
      leading.proclaim("10.0.0.7:8080").join();
      var candidate = elections.election("recovery").campaignAsync();
      await().atMost(PATIENCE).until(() -> elections.candidates("recovery").join().size() == 2);

      JsonNode listed =
          CommandRun.of("elections", "list", "--connect", uri, "--output", "json").json().get(0);
      assertThat(listed.path("name").asText()).isEqualTo("recovery");
      assertThat(listed.path("leader").asText()).isEqualTo("orders");
      assertThat(listed.path("candidates").asInt()).isEqualTo(2);

      JsonNode shown =
          CommandRun.of("elections", "show", "recovery", "--connect", uri, "--output", "json")
              .json();
      assertThat(shown.get(0).path("role").asText()).isEqualTo("leader");
      assertThat(shown.get(0).path("proclaimed").asText()).isEqualTo("10.0.0.7:8080");
      assertThat(shown.get(0).path("term").asText()).isEqualTo(listed.path("term").asText());
      assertThat(shown.get(1).path("role").asText()).isEqualTo("candidate");
      assertThat(shown.get(1).path("term").isNull()).isTrue();
      candidate.cancel(true);
    }
    assertThat(CommandRun.of("elections", "show", "nobodys", "--connect", uri).exitCode())
        .isEqualTo(4);
  }

  @Test
  void generation_bump_needsYesAndIsAudited() throws Exception {
    CommandRun dry = CommandRun.of("generation", "bump", "--connect", uri);
    assertThat(dry.exitCode()).isZero();
    assertThat(dry.out()).contains("dry run").contains("from 0 to 1");
    assertThat(generation()).isZero();

    CommandRun done =
        CommandRun.of("generation", "bump", "--yes", "--reason", "restored", "--connect", uri);
    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(generation()).isEqualTo(1);
    assertThat(
            CommandRun.of("generation", "bump", "--to", "1", "--yes", "--connect", uri).exitCode())
        .isEqualTo(2);
    assertThat(
            CommandRun.of("generation", "bump", "--to", "7", "--yes", "--connect", uri).exitCode())
        .isZero();
    assertThat(generation()).isEqualTo(7);
    assertThat(CommandRun.of("audit", "--last", "2", "--connect", uri).out())
        .contains("generation.raise")
        .contains("restored");
  }

  private int generation() {
    CommandRun run = CommandRun.of("generation", "show", "--connect", uri, "--output", "json");
    return run.json().get(0).path("generation").asInt(-1);
  }

  @Test
  void locksShow_purpose_isShown() throws Exception {
    try (LockGrant grant =
        locks
            .lock("a", LockConfig.defaults().withPurpose("close the month"))
            .exclusive()
            .acquire()) {
      JsonNode shown =
          CommandRun.of("locks", "show", "a", "--connect", uri, "--output", "json").json().get(0);
      assertThat(shown.path("purpose").asText()).isEqualTo("close the month");
      assertThat(shown.path("mode").asText()).isEqualTo("exclusive");
      assertThat(grant.isHeld()).isTrue();
    }
  }
}
