package io.holdfast.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class GenerationTest {

  /** One rule for what is written and for what is read. */
  @Test
  void parse_whatToStringGives_isTheSame() {
    for (int number : new int[] {0, 1, 9, 10, 999_999_998, Generation.GREATEST}) {
      Generation generation = new Generation(number);
      assertThat(Generation.parse(generation.toString())).contains(generation);
      assertThat(generation.key().name()).isEqualTo(generation.toString());
    }
  }

  @Test
  void generation_greaterThanReadersTake_isNone() {
    assertThatThrownBy(() -> new Generation(Generation.GREATEST + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Generation(Generation.GREATEST).next())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Generation(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  /** A name with another text for the same number would name a key that is not there. */
  @Test
  void parse_anyOtherText_isEmpty() {
    for (String text : new String[] {"", "-1", "+1", "007", "00", "1800000000", "1.0", "x", " 1"}) {
      assertThat(Generation.parse(text)).as(text).isEmpty();
    }
  }
}
