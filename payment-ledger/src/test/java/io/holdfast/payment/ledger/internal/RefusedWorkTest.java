package io.holdfast.payment.ledger.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RefusedWorkTest {

  private static final long DUE = 1_000_000;

  @Test
  void periodBegan_isLongerEachTime_andAnHourInTheEnd() {
    TreeSet<Long> began = new TreeSet<>();
    LongStream.range(-5, 4 * 3600)
        .forEach(late -> began.add(RefusedWork.periodBegan(DUE, DUE + late) - DUE));

    assertThat(began)
        .containsExactly(
            0L, 1L, 3L, 7L, 15L, 31L, 63L, 127L, 255L, 511L, 1023L, 2047L, 3600L, 7200L, 10800L);
  }

  @Test
  void periodBegan_isNeverAfterNow() {
    for (long late = 0; late < 3 * 3600; late++) {
      assertThat(RefusedWork.periodBegan(DUE, DUE + late)).isBetween(DUE, DUE + late);
    }
  }
}
