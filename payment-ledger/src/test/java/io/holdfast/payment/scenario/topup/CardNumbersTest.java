package io.holdfast.payment.scenario.topup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CardNumbersTest {

  /** A number that card schemes give out for tests. */
  private static final String CARD = "4111111111111111";

  @ParameterizedTest
  @ValueSource(
      strings = {
        CARD,
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111  1111 - 1111\u00a01111",
        "4111\u20131111\u20131111\u20131111",
        "4111\u200b1111\u200b1111\u200b1111",
        "\uff14\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11",
        "my card: 4111111111111111, please",
        "4111 1111 1111 1111 12 27 123",
        "007 4111 1111 1111 1111",
        "tok_4111111111111111",
        "x4111111111111111y",
        "378282246310005",
        "6304000000000000000",
        "4222222222222",
      })
  void isIn_cardNumber_found(String text) {
    assertThat(CardNumbers.isIn(text)).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CardNumbers.refuseIn("harmless", text))
        .withMessageNotContaining("11")
        .withNoCause();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "4111111111111112",
        "411111111111",
        "41111111111111111111",
        "4111.1111.1111.1111",
        "2026-01-31T12:00:00.123456789Z",
        "AT611904300234573201",
        "DE89370400440532013000",
        "GB29NWBK60161331926819",
        "41111111-1111-1111-0000-000000000000",
        "topup_05f_41111111111111110abcdefghi",
        "tok_visa",
      })
  void isIn_somethingElse_notFound(String text) {
    assertThat(CardNumbers.isIn(text)).isFalse();
  }

  @Test
  void isIn_ibanWithWrongCheckDigits_countsAsAnyDigits() {
    assertThat(CardNumbers.isIn("ZZ" + CARD)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"card\":\"4111111111111111\"}",
        "{\"amount\":4111111111111111}",
        "{\"4111111111111111\":1}",
        "{\"card\":\"\\u0034111111111111111\"}",
        "{\"card\":\"4111\\n1111\\t1111\\/1111 4111111111111111\"}",
        "{\"card\":\"4111\\u00201111\\u00201111\\u00201111\"}",
        "4111111111111111",
      })
  void isInBody_cardNumberAnywhere_found(String body) {
    assertThat(CardNumbers.isInBody(body.getBytes(StandardCharsets.UTF_8))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"amount\":41111111,\"limit\":11111111}",
        "{\"card\":\"tok_visa\\",
        "{\"card\":\"\\uzzzz\"}",
        "{\"card\":\"\\u00",
      })
  void isInBody_noneOrBroken_notFound(String body) {
    assertThat(CardNumbers.isInBody(body.getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"account\":\"a\",\"amount\":1,\"currency\":\"EUR\",\"card\":\"4111111111111111\"}",
        "{\"account\":\"a\",\"amount\":1,\"currency\":\"EUR\",\"card\":\"tok_4111-1111-1111-1111\"}",
        "{\"account\":\"a\",\"amount\":4111111111111111,\"currency\":\"EUR\",\"card\":\"tok_a\"}",
        "{\"account\":\"a\",\"amount\":1,\"currency\":\"4111111111111111\",\"card\":\"tok_a\"}",
        "{\"account\":\"4111111111111111\",\"amount\":1,\"currency\":\"EUR\",\"card\":\"tok_a\"}",
      })
  void read_cardNumberInAnyField_refusedWithoutRepeatingIt(String body) {
    Throwable refusal = catchThrowable(() -> Json.read(body, StartTopUp.Request.class));

    assertThat(refusal).isInstanceOf(IllegalArgumentException.class);
    assertThat(refusal.getMessage()).contains("a card number is not accepted");
    StringWriter logged = new StringWriter();
    refusal.printStackTrace(new PrintWriter(logged));
    assertThat(logged.toString().replaceAll("[ -]", "")).doesNotContain(CARD);
  }

  @Test
  void request_noToken_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StartTopUp.Request(new AccountId("a"), 1, "EUR", "visa"))
        .withMessageContaining("tok_");
  }
}
