package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.election.Elections;
import io.holdfast.election.Leadership;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Somebody has written into the namespace what does not belong there. */
@Timeout(120)
final class HostileStoreTest {

  private static final Key GENERATIONS = Key.of("meta", "generations");

  /** Moves the cursor, turns the text round, begins a line, and says CSI in one character. */
  private static final String EVIL = "\u001b[2J\u202egnp\nroot\u009b31m\u2028\u007f";

  private final String uri = "memory://hostile/" + UUID.randomUUID();
  private Coordinator coordinator;
  private Locks locks;

  @BeforeEach
  void connect() {
    coordinator =
        Coordinator.connect(uri, CoordinatorOptions.defaults().withOwner(owner(EVIL + "owner")));
    locks = new Locks(coordinator);
  }

  @AfterEach
  void disconnect() {
    coordinator.close();
  }

  private static Owner owner(String name) {
    Owner self = Owner.thisProcess(name);
    return new Owner(name, EVIL + "host", self.pid(), self.since(), self.attributes());
  }

  private CommandRun run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    int command = all.indexOf("--");
    all.addAll(command < 0 ? all.size() : command, List.of("--connect", uri));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private void write(Transaction transaction) {
    coordinator.session().thenCompose(session -> session.commit(transaction)).join();
  }

  private void putUnreadableGeneration() {
    assertThat(run("generation", "bump", "--to", "7", "--yes").exitCode()).isZero();
    write(
        Transaction.EMPTY
            .delete(GENERATIONS.child("7"))
            .put(GENERATIONS.child("1800000000"), Payload.EMPTY)
            .put(Key.of("meta", "generation"), Payload.utf8("1800000000")));
  }

  @Test
  void generationBump_moreThanReadersTake_isWrongUsageAndNotWritten() {
    CommandRun run = run("generation", "bump", "--to", "1800000000", "--yes");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("999999999");
    assertThat(run("locks", "exec", "a", "--wait", "20s", "--", "true").exitCode()).isZero();
    assertThat(run("generation", "bump", "--to", "999999999", "--yes").exitCode()).isZero();
    assertThat(run("locks", "exec", "a", "--wait", "20s", "--", "true").exitCode()).isZero();
    assertThat(run("generation", "bump", "--yes").exitCode()).isEqualTo(2);
  }

  @Test
  void generation_unreadable_everybodySaysWhichKeyAndWhatToDo() {
    putUnreadableGeneration();

    for (CommandRun run :
        List.of(
            run("locks", "exec", "a", "--wait", "20s", "--", "true"), run("generation", "show"))) {
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err())
          .contains("meta/generations", "1800000000", "generation bump --to")
          .hasLineCount(1);
    }
    CommandRun doctor = run("doctor", "--output", "json");
    assertThat(doctor.exitCode()).isEqualTo(1);
    assertThat(doctor.out()).contains("1800000000").doesNotContain("majority");
  }

  @Test
  void generationBump_overAnUnreadableOne_repairsIt() {
    putUnreadableGeneration();

    CommandRun dry = run("generation", "bump");
    assertThat(dry.exitCode()).as(dry.err()).isZero();
    assertThat(dry.out()).contains("1800000000", "latest known is 7", "would put generation 8");
    assertThat(run("generation", "show").exitCode()).isEqualTo(1);
    assertThat(run("generation", "bump", "--to", "6", "--yes").exitCode()).isEqualTo(2);

    CommandRun done = run("generation", "bump", "--yes", "--reason", "typo");

    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(run("generation", "show", "--output", "json").json().findValuesAsText("generation"))
        .containsExactly("8");
    assertThat(run("locks", "exec", "a", "--wait", "20s", "--", "true").exitCode()).isZero();
    assertThat(run("audit").out()).contains("generation.replace", "typo");
    assertThat(run("doctor").out()).contains("8 is in force").doesNotContain("1800000000");
  }

  @Test
  void doctor_keysBesideTheGeneration_areToldAndABumpRemovesThem() {
    assertThat(run("generation", "bump", "--yes").exitCode()).isZero();
    write(
        Transaction.EMPTY
            .put(GENERATIONS.child("007"), Payload.EMPTY)
            .put(GENERATIONS.child("nonsense"), Payload.EMPTY));

    assertThat(run("doctor").out()).contains("1 is in force", "nonsense", "007");
    assertThat(run("generation", "bump", "--yes").exitCode()).isZero();
    assertThat(run("doctor").out()).contains("2 is in force").doesNotContain("nonsense");
  }

  @Test
  void lists_badNames_areOneLineAndDoNotHideTheRest() throws Exception {
    Key instance = Key.of("services", "billing");
    try (Registry registry = new Registry(coordinator);
        LockGrant grant = locks.lock("good").exclusive().acquire();
        Leadership leading = new Elections(coordinator).election("office").campaign()) {
      registry.register(ServiceInstance.http("billing", "b-1", "10.0.0.7", 8080));
      write(
          Transaction.EMPTY
              .put(Key.of("locks", "%zz"), Payload.EMPTY)
              .put(Key.of("elections", "%zz"), Payload.EMPTY)
              .put(Key.of("services", "%zz"), Payload.EMPTY)
              .put(Key.of("audit", "%zz"), Payload.utf8("nonsense"))
              .put(instance.child("b-9"), Payload.utf8("nonsense"))
              .put(instance.child("b-1~override"), Payload.utf8("nonsense")));

      assertShown(run("locks", "list"), "good", "locks/%zz");
      assertShown(run("elections", "list"), "office", "elections/%zz");
      assertShown(run("services", "list"), "billing", "services/%zz");
      assertShown(run("services", "show", "billing"), "b-1", "services/billing/b-9");
      assertShown(run("services", "show", "billing"), "b-1", "services/billing/b-1~override");
      assertShown(run("audit"), "no operator", "audit/%zz");
      assertThat(run("locks", "deadlocks").exitCode()).isZero();
      assertThat(grant.isHeld() && leading.isLeader()).isTrue();

      assertThat(run("services", "clear-override", "b-1").exitCode()).isZero();
      assertThat(run("services", "deregister", "billing", "b-9", "--yes").exitCode()).isZero();
      assertThat(run("services", "show", "billing").err()).isEmpty();
    }
  }

  private static void assertShown(CommandRun run, String row, String unreadable) {
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains(row);
    assertThat(run.err()).contains("not shown: " + unreadable);
  }

  @Test
  void locks_placeWithoutASession_isNoHolder() throws Exception {
    Key junk = Key.of("locks", "a", "junk");
    try (LockGrant grant = locks.lock("a").exclusive().acquire()) {
      write(Transaction.EMPTY.put(junk, Payload.utf8("x")));
      JsonNode shown = run("locks", "show", "a", "--output", "json").json();
      assertThat(shown.findValuesAsText("role")).containsExactly("holder", "stray");
      assertThat(run("locks", "release", "a").out()).contains(grant.token().toString());
    }
    CommandRun release = run("locks", "release", "a", "--yes");
    assertThat(release.exitCode()).isEqualTo(4);
    assertThat(release.err()).contains("nobody holds", "place 0");
    assertThat(run("locks", "list").out()).contains("no lock is held");
    assertThat(run("locks", "list").err()).contains("locks release a --place 0");
    assertThat(run("locks", "exec", "a", "--wait", "100ms", "--", "true").exitCode())
        .isEqualTo(124);

    assertThat(run("locks", "release", "a", "--place", "0", "--yes").exitCode()).isZero();
    assertThat(run("locks", "exec", "a", "--wait", "20s", "--", "true").exitCode()).isZero();
  }

  @Test
  void release_holderWithMoreToSayThanTheAuditTakes_works() throws Exception {
    String endless = "x".repeat(5_000);
    try (Coordinator boastful =
        Coordinator.connect(
            uri, CoordinatorOptions.defaults().withOwner(Owner.thisProcess(endless)))) {
      new Locks(boastful).lock("a").exclusive().acquire();

      CommandRun run = run("locks", "release", "a", "--yes", "--reason", "stuck");

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run("audit", "--output", "json").json().get(0).path("reason").asText())
          .isEqualTo("stuck");
    }
  }

  @Test
  void everyCommand_textThatATerminalObeys_isEscapedAndExactInJson() throws Exception {
    try (Registry registry = new Registry(coordinator);
        LockGrant grant = locks.lock("a").exclusive().acquire();
        Leadership leading = new Elections(coordinator).election("office").campaign()) {
      leading.proclaim(EVIL).join();
      registry.register(
          ServiceInstance.http("billing", "b-1", "10.0.0.7", 8080).withMetadata("evil", EVIL));
      assertPlain(run("services", "override", "b-1", "down", "--reason", EVIL));
      assertPlain(run("services", "drain", "b-1", "--wait", "20s", "--reason", EVIL));
      assertThat(grant.isHeld()).isTrue();

      for (CommandRun run :
          List.of(
              run("locks", "list"),
              run("locks", "list", "--output", "json"),
              run("locks", "show", "a"),
              run("locks", "show", "a", "--output", "json"),
              run("locks", "watch", "a", "--count", "1"),
              run("locks", "watch", "a", "--count", "1", "--output", "json"),
              run("locks", "release", "a"),
              run("elections", "list"),
              run("elections", "show", "office"),
              run("elections", "show", "office", "--output", "json"),
              run("services", "list"),
              run("services", "show", "billing"),
              run("services", "show", "billing", "--output", "json"),
              run("services", "watch", "billing", "--count", "1"),
              run("audit"),
              run("audit", "--output", "json"),
              run("doctor"),
              run("locks", "show", EVIL),
              run("locks", "exec", "a", "--wait", EVIL, "--", "true"),
              run("services", "override", "b-1", EVIL, "--reason", "x"),
              run("locks", "release", "a", "--yes", "--reason", EVIL))) {
        assertPlain(run);
      }
      JsonNode shown = run("elections", "show", "office", "--output", "json").json().get(0);
      assertThat(shown.path("owner").asText()).isEqualTo(EVIL + "owner");
      assertThat(shown.path("host").asText()).isEqualTo(EVIL + "host");
      assertThat(shown.path("proclaimed").asText()).isEqualTo(EVIL);
      JsonNode service = run("services", "show", "billing", "--output", "json").json().get(0);
      assertThat(service.path("meta_evil").asText()).isEqualTo(EVIL);
      assertThat(service.path("override_reason").asText()).isEqualTo(EVIL);
      assertThat(run("locks", "list").out()).doesNotContain("gnp\nroot");
      assertThat(run("elections", "show", "office").out()).contains("\\u001b[2J\\u202egnp\\nroot");
    }
  }

  private static void assertPlain(CommandRun run) {
    assertThat(run.out() + run.err())
        .isNotEmpty()
        .matches(
            text -> text.codePoints().allMatch(each -> each == '\n' || isHarmless(each)),
            "holds nothing that a terminal obeys");
  }

  private static boolean isHarmless(int codePoint) {
    int type = Character.getType(codePoint);
    return type != Character.CONTROL
        && type != Character.FORMAT
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR;
  }
}
