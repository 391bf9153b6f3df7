package io.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.EpochCheck.Verdict;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a caller meant. */
final class EpochCheckTest {

  @ParameterizedTest
  @CsvSource({
    "9, EARLIER",
    "10, MEANT",
    "15, MEANT",
    "20, MEANT",
    "21, LATER",
    "-1, MALFORMED",
    "'', MALFORMED",
    "0x10, MALFORMED",
    "9999999999999999999, MALFORMED",
    "99999999999999999999999, MALFORMED"
  })
  void judge_anEpoch_comparesItWithThoseOfThisIncarnation(String value, Verdict verdict) {
    assertThat(EpochCheck.judge(Optional.of(value), new Revision(10), new Revision(20)))
        .isEqualTo(verdict);
  }

  @Test
  void judge_noHeader_isLetPass() {
    Verdict verdict = EpochCheck.judge(Optional.empty(), new Revision(10), new Revision(20));

    assertThat(verdict).isEqualTo(Verdict.UNSAID);
    assertThat(verdict.isMeant()).isTrue();
    assertThat(Verdict.EARLIER.isMeant()).isFalse();
  }
}
