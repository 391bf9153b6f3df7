package io.holdfast.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.history.Operation;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class JustInTimeSearchTest {

  private static final int HISTORIES = 3_000;

  @Test
  void verdicts_ofRandomHistories_areThoseOfTheOtherSearch() {
    int good = 0;
    for (long seed = 0; seed < HISTORIES; seed++) {
      Random random = new Random(seed);
      List<Operation> all =
          RandomHistory.threads(seed).stream()
              .flatMap(List::stream)
              .map(
                  operation ->
                      random.nextInt(6) == 0 ? Operations.unreturned(operation) : operation)
              .toList();
      boolean expected =
          new Search<>(new PlainRegister(), all, Limits.defaults()).run()
              instanceof Verdict.Linearizable;

      assertThat(new JustInTimeSearch<>(new PlainRegister(), all, Limits.defaults()).run())
          .as("seed %d: %s", seed, all)
          .matches(verdict -> verdict instanceof Verdict.Linearizable == expected);
      good += expected ? 1 : 0;
    }
    assertThat(good).as("both verdicts occur").isBetween(HISTORIES / 10, HISTORIES * 9 / 10);
  }

  @Test
  void run_moreExplanationsThanMayBe_isUnknown() {
    List<Operation> all = RandomHistory.threads(1).stream().flatMap(List::stream).toList();

    assertThat(
            new JustInTimeSearch<>(
                    new PlainRegister(), all, Limits.defaults().withConfigurations(1))
                .run())
        .isInstanceOf(Verdict.Unknown.class);
  }
}
