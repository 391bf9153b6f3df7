package io.holdfast.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.check.Verdict;
import io.holdfast.chaos.workload.SmallRun.Outcome;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checkers can fail: they find nearly every bug that is put in, and none where none is. */
@Timeout(900)
@Order(1)
final class SeededBugsTest {

  private static final int TRIES = 3;
  private static final int WORDS = 90;

  /** Runs mostly wait, so more of them at once than there are processors. */
  private static final int AT_ONCE = 12;

  @ParameterizedTest
  @EnumSource(names = {"NONE", "NONE_APART_FROM_LOCKS"})
  void noBug_isValid(SeededBug none) throws IOException, InterruptedException {
    try (SmallRun run = new SmallRun(none, 1)) {
      Outcome outcome = run.run();
      assertThat(outcome.stuck()).isFalse();
      assertThat(outcome.check().result())
          .as("%s", outcome.check())
          .isEqualTo(HistoryCheck.Result.VALID);
      assertThat(outcome.check().operations()).isGreaterThan(50);
    }
  }

  @Test
  void seededBugs_nearlyAll_areCaught() throws InterruptedException, ExecutionException {
    Map<SeededBug, Future<String>> hunts = new LinkedHashMap<>();
    ExecutorService hunters = Executors.newFixedThreadPool(AT_ONCE);
    try {
      for (SeededBug bug : SeededBug.values()) {
        if (!bug.name().startsWith("NONE")) {
          hunts.put(bug, hunters.submit(() -> hunt(bug)));
        }
      }
      judge(hunts);
    } finally {
      hunters.shutdownNow();
    }
  }

  private static void judge(Map<SeededBug, Future<String>> hunts)
      throws InterruptedException, ExecutionException {
    Map<SeededBug, String> table = new LinkedHashMap<>();
    for (Map.Entry<SeededBug, Future<String>> hunt : hunts.entrySet()) {
      table.put(hunt.getKey(), hunt.getValue().get());
    }
    String printed =
        table.entrySet().stream()
            .map(row -> "%-42s %s".formatted(row.getKey(), row.getValue()))
            .collect(Collectors.joining("\n"));
    System.out.println(printed);
    long caught = table.values().stream().filter(found -> found.startsWith("caught")).count();
    assertThat(table).hasSizeGreaterThanOrEqualTo(20);
    assertThat(caught).as(printed).isGreaterThanOrEqualTo((table.size() * 95 + 99) / 100);
  }

  private static String hunt(SeededBug bug) throws IOException, InterruptedException {
    long start = System.nanoTime();
    for (int seed = 1; seed <= TRIES; seed++) {
      try (SmallRun run = new SmallRun(bug, seed)) {
        Outcome outcome = run.run();
        if (outcome.caught()) {
          return "caught after %.1f s: %s"
              .formatted((System.nanoTime() - start) / 1e9, how(outcome));
        }
      }
    }
    return "MISSED";
  }

  /** The first key that is wrong, and a few words of why. */
  private static String how(Outcome outcome) {
    return outcome.check().verdicts().entrySet().stream()
        .filter(judged -> judged.getValue().result() == HistoryCheck.Result.INVALID)
        .map(judged -> judged.getKey() + ", " + why(judged.getValue()))
        .findFirst()
        .orElse("stuck");
  }

  private static String why(Verdict verdict) {
    String why =
        verdict instanceof Verdict.Broken broken
            ? broken.how().get(0)
            : verdict instanceof Verdict.Violation violation ? violation.why() : "";
    return why.substring(0, Math.min(why.length(), WORDS));
  }
}
