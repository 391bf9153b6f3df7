package io.holdfast.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.history.Event;
import io.holdfast.testkit.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class RollingCheckTest {

  private static final int HISTORIES = 3_000;
  private static final Map<String, String> ABOUT = Map.of("session", "PT1S");

  @Test
  void verdicts_inPieces_areThoseOfTheWhole() {
    int good = 0;
    for (long seed = 0; seed < HISTORIES; seed++) {
      Random random = new Random(seed);
      List<Operation> all =
          RandomHistory.threads(seed).stream()
              .flatMap(List::stream)
              .map(operation -> random.nextInt(6) == 0 ? unreturned(operation) : operation)
              .toList();
      boolean whole =
          Linearizability.check(new PlainRegister(), all, Limits.defaults())
              instanceof Verdict.Linearizable;

      assertThat(inPieces(all, random) instanceof Verdict.Linearizable)
          .as("seed %d: %s", seed, all)
          .isEqualTo(whole);
      good += whole ? 1 : 0;
    }
    assertThat(good).as("both verdicts occur").isBetween(HISTORIES / 10, HISTORIES * 9 / 10);
  }

  private static Verdict inPieces(List<Operation> all, Random random) {
    RollingSearch<String> search = new RollingSearch<>(new PlainRegister(), Limits.defaults());
    List<Operation> left = new ArrayList<>(all);
    left.sort(Comparator.comparingLong(Operation::call));
    long until = 0;
    while (!left.isEmpty()) {
      until += 1 + random.nextInt(40);
      long border = until;
      List<Operation> piece = left.stream().filter(each -> each.call() < border).toList();
      left.removeAll(piece);
      search.advance(piece, border);
    }
    return search.advance(List.of(), Operation.NEVER);
  }

  private static Operation unreturned(Operation operation) {
    return new Operation(
        operation.id(),
        operation.process(),
        operation.key(),
        operation.action(),
        operation.input(),
        Map.of(),
        operation.call(),
        Operation.NEVER);
  }

  /** Three processes that take an exclusive lock in turn and write what it guards. */
  private static final class Run {
    private static final String[] PROCESSES = {"a", "b", "c"};
    private static final double STEP = 0.0001;

    private Told told = new Told();
    private double now;
    private int turns;
    private long value;

    private void does(String process, String key, String action, String... values) {
      told.did(process, now, now + STEP / 2, key, action, values);
      now += STEP;
    }

    void acquires(String process, String hold, String token) {
      does(process, "lock/x", "acquire", hold, "claims=x:exclusive", "/", "tokens=x=" + token);
    }

    void turn() {
      String process = PROCESSES[turns++ % PROCESSES.length];
      String token = "%016d".formatted(turns);
      String hold = "hold=" + turns;
      String before = "expected=" + value;
      acquires(process, hold, token);
      does(process, "register/x", "seal", "token=" + token, "/", "accepted=true", "value=" + value);
      does(process, "lock/x", "check", hold);
      value++;
      does(
          process,
          "register/x",
          "write",
          "token=" + token,
          before,
          "value=" + value,
          "/",
          "accepted=true");
      does(process, "lock/x", "release", hold);
    }

    void pause() {
      now += 9;
    }

    List<Event> taken() {
      List<Event> taken = told.events();
      told = new Told();
      return taken;
    }
  }

  @Test
  void halfAMillion_operations_areCheckedAsTheyCome() {
    RollingCheck check = new RollingCheck(ABOUT, Limits.defaults());
    Run run = new Run();
    long start = System.nanoTime();

    for (int piece = 0; piece < 50; piece++) {
      for (int turn = 0; turn < 2_000; turn++) {
        run.turn();
      }
      run.pause();
      run.turn();
      check.take(run.taken(), Set.of("a", "b", "c"));
    }
    HistoryCheck last = check.take(run.taken(), Set.of());

    assertThat(last.result()).isEqualTo(HistoryCheck.Result.VALID);
    assertThat(last.operations()).isGreaterThan(500_000);
    System.out.printf(
        "%d operations checked in pieces in %d ms%n",
        last.operations(), Duration.ofNanos(System.nanoTime() - start).toMillis());
  }

  @Test
  void violation_inOnePiece_staysInTheNext() {
    RollingCheck check = new RollingCheck(ABOUT, Limits.defaults());
    Run run = new Run();
    run.turn();
    check.take(run.taken(), Set.of("a", "b", "c"));
    run.value = 0;
    run.pause();
    run.turn();
    run.pause();
    run.turn();
    HistoryCheck bad = check.take(run.taken(), Set.of());
    run.pause();
    run.turn();
    HistoryCheck after = check.take(run.taken(), Set.of());

    assertThat(bad.result()).isEqualTo(HistoryCheck.Result.INVALID);
    assertThat(after.result()).isEqualTo(HistoryCheck.Result.INVALID);
  }

  @Test
  void openHold_holdsBackTheJudgement_untilItsHolderIsDead() {
    RollingCheck check = new RollingCheck(ABOUT, Limits.defaults());
    Run run = new Run();
    run.acquires("a", "hold=h", "0".repeat(16));
    run.pause();
    run.turns = 1;
    run.turn();
    run.pause();
    for (String process : Run.PROCESSES) {
      run.does(process, "register/y", "read", "/", "value=0");
    }
    HistoryCheck early = check.take(run.taken(), Set.of("a", "b", "c"));
    HistoryCheck late = check.take(List.of(), Set.of("b", "c"));

    assertThat(early.operations()).isZero();
    assertThat(late.operations()).isGreaterThan(5);
    assertThat(late.result()).isEqualTo(HistoryCheck.Result.VALID);
  }

  @Test
  void promises_acrossPieces_areJudged() {
    RollingCheck check = new RollingCheck(ABOUT, Limits.defaults());
    List<Event> before =
        new Told()
            .did("a.1", 0, 0.1, "registry/fleet", "register", "id=x", "sick=false")
            .did("v.1", 1, 1, "registry/fleet", "see", "revision=1", "freshness=LIVE", "shows=x:UP")
            .did("a.1", 30, 30.1, "registry/fleet", "deregister", "id=x")
            .lives("v.1", 30)
            .events();
    List<Event> after = new Told().lives("v.1", 40).events();

    HistoryCheck kept = check.take(before, Set.of("a.1", "v.1"));
    HistoryCheck broken = check.take(after, Set.of());

    assertThat(kept.verdicts().get("registry/fleet")).isInstanceOf(Verdict.Kept.class);
    assertThat(broken.verdicts().get("registry/fleet"))
        .isInstanceOfSatisfying(
            Verdict.Broken.class, how -> assertThat(how.how().get(0)).contains("still showed x"));
  }
}
