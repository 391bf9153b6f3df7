package io.holdfast.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Key;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LockNameTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "shard-3", "order:42@eu", "A.b_c=d+e", "0"})
  void name_allowed_isItsText(String text) {
    assertThat(new LockName(text).text()).isEqualTo(text);
    assertThat(Key.of("locks").child(text).name()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/",
        " a",
        "a ",
        "-x",
        "a\nb",
        "a\0",
        "ä",
        "%2f",
        "a\t",
        "a\u007f",
        "a\u0085",
        "a\u2028",
        "a/..",
        "a\\b",
        "a*",
        "~",
        "$(x)",
        // Looks like "admin", "a.b", "a/b" and "1": Cyrillic, one dot leader, slash, full width.
        "\u0430dmin",
        "a\u2024b",
        "a\u2215b",
        "\uff11",
        "a\u200bb",
        "a\u202eb"
      })
  void name_outsideTheList_isRefused(String text) {
    assertThatThrownBy(() -> new LockName(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a lock name");
  }

  @Test
  void name_length_isBounded() {
    assertThat(new LockName("x".repeat(200)).text()).hasSize(200);
    assertThatThrownBy(() -> new LockName("x".repeat(201)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
