package io.holdfast.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TerminalTextTest {

  @Test
  void line_ordinaryText_staysAsItIs() {
    for (String text : new String[] {"", "orders@host:1", "订单-1", "a\\b", "Käse 🧀", "קופה"}) {
      assertThat(TerminalText.line(text)).isEqualTo(text);
    }
  }

  @Test
  void line_whatATerminalObeys_isEscaped() {
    assertThat(TerminalText.line("\u001b[31m\u009b2J\u007f\u0000"))
        .isEqualTo("\\u001b[31m\\u009b2J\\u007f\\u0000");
    assertThat(TerminalText.line("a\nb\rc\td\u2028e\u0085f"))
        .isEqualTo("a\\nb\\rc\\td\\u2028e\\u0085f");
    assertThat(TerminalText.line("\u202egnp\u2066\u200f")).isEqualTo("\\u202egnp\\u2066\\u200f");
    assertThat(TerminalText.line("\ud83e")).isEqualTo("\\ud83e");
    assertThat(TerminalText.line("\udb40\udc41")).isEqualTo("\\udb40\\udc41");
  }
}
