package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.scenario.wallet.Transfer;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  record Sample(
      AccountId account, long amount, Optional<String> note, OptionalLong limit, Money money) {}

  @Test
  void read_whatIsOptionalIsLeftOut_isEmpty() {
    Sample read =
        Json.read(
            "{\"account\":\"a\",\"amount\":1,\"money\":{\"amount\":5,\"currency\":\"JPY\"}}",
            Sample.class);
    assertThat(read)
        .isEqualTo(
            new Sample(
                new AccountId("a"), 1, Optional.empty(), OptionalLong.empty(), Money.of(5, "JPY")));
    assertThat(Json.read(Json.write(read), Sample.class)).isEqualTo(read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "5",
        "{\"from\":\"a\",\"to\":\"b\",\"currency\":\"EUR\"}",
        "{\"from\":\"a\",\"to\":\"b\",\"amount\":null,\"currency\":\"EUR\"}",
        "{\"to\":\"b\",\"amount\":1,\"currency\":\"EUR\"}",
        "{\"from\":null,\"to\":\"b\",\"amount\":1,\"currency\":\"EUR\"}",
        "{\"from\":\"a\",\"to\":\"b\",\"amount\":1.0,\"currency\":\"EUR\"}",
        "{\"from\":\"a\",\"to\":\"b\",\"amount\":\"1\",\"currency\":\"EUR\"}",
        "{\"from\":1,\"to\":\"b\",\"amount\":1,\"currency\":\"EUR\"}",
        "{\"from\":\"a\",\"to\":\"b\",\"amount\":1,\"currency\":5}",
        "{\"from\":\"a\",\"to\":\"b\",\"amount\":1,\"currency\":\"EUR\",\"more\":1}",
        "{\"from\":\"a\",\"to\":\"b\",\"amount\":1,\"amount\":2,\"currency\":\"EUR\"}",
        "{\"from\":\"a\",\"to\":\"b\",\"amount\":1,\"currency\":\"EUR\"} {}",
        "{\"from\":\"a\",\"to\":\"b\",\"amount\":1,/**/\"currency\":\"EUR\"}",
        "{\"from\":\"a b\",\"to\":\"b\",\"amount\":1,\"currency\":\"EUR\"}",
      })
  void read_anythingElse_isRefusedWithoutQuotingIt(String json) {
    assertThatThrownBy(() -> Json.read(json, Transfer.Request.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("a b")
        .hasMessageNotContaining("jackson");
  }

  @Test
  void read_wrongField_isNamed() {
    assertThatThrownBy(
            () ->
                Json.read(
                    "{\"from\":\"a\",\"to\":\"b\",\"amount\":-1,\"currency\":\"EUR\"}",
                    Transfer.Request.class))
        .hasMessageContaining("minor units");
    assertThatThrownBy(
            () ->
                Json.read(
                    "{\"from\":\"a\",\"to\":\"b\",\"amount\":\"x\",\"currency\":\"EUR\"}",
                    Transfer.Request.class))
        .hasMessageContaining("amount");
  }

  @Test
  void write_times_areIso8601() {
    record At(Instant at) {}
    assertThat(Json.write(new At(Instant.parse("2026-01-31T12:00:00Z"))))
        .isEqualTo("{\"at\":\"2026-01-31T12:00:00Z\"}");
  }
}
