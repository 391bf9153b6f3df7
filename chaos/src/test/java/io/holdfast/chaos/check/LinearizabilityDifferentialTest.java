package io.holdfast.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.history.Operation;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same histories, judged by others: Lincheck's verifier, and every order there is. */
final class LinearizabilityDifferentialTest {

  private static final int HISTORIES = 3_000;

  @BeforeAll
  static void install() {
    LincheckRegister.install();
  }

  @AfterAll
  static void uninstall() {
    LincheckRegister.uninstall();
  }

  private static boolean ours(List<Operation> operations) {
    Verdict verdict = Linearizability.check(new PlainRegister(), operations, Limits.defaults());
    assertThat(verdict).isNotInstanceOf(Verdict.Unknown.class);
    return verdict instanceof Verdict.Linearizable;
  }

  private static List<Operation> all(List<List<Operation>> threads) {
    return threads.stream().flatMap(List::stream).toList();
  }

  @Test
  void verdicts_ofRandomHistories_areThoseOfLincheck() {
    int good = 0;
    for (long seed = 0; seed < HISTORIES; seed++) {
      List<List<Operation>> threads = RandomHistory.threads(seed);
      boolean ours = ours(all(threads));
      assertThat(ours)
          .as("seed %d: %s", seed, threads)
          .isEqualTo(LincheckRegister.linearizable(threads));
      good += ours ? 1 : 0;
    }
    assertThat(good).as("both verdicts occur").isBetween(HISTORIES / 10, HISTORIES * 9 / 10);
  }

  @Test
  void verdicts_withOperationsThatNeverReturn_areThoseOfEveryOrder() {
    int good = 0;
    for (long seed = 0; seed < HISTORIES; seed++) {
      Random random = new Random(seed);
      List<Operation> some =
          all(RandomHistory.threads(seed)).stream()
              .map(
                  operation ->
                      random.nextInt(4) == 0 ? Operations.unreturned(operation) : operation)
              .toList();
      boolean ours = ours(some);
      assertThat(ours)
          .as("seed %d: %s", seed, some)
          .isEqualTo(EveryOrder.linearizable(new PlainRegister(), some));
      good += ours ? 1 : 0;
    }
    assertThat(good).as("both verdicts occur").isBetween(HISTORIES / 10, HISTORIES * 9 / 10);
  }
}
