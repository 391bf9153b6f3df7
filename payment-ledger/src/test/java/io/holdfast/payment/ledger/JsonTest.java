package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class JsonTest {

  /** Something of each. */
  record Asked(
      int amount, AccountId account, Optional<String> note, OptionalInt days, OptionalLong limit) {}

  private static final Asked SHORT =
      new Asked(1, new AccountId("a"), Optional.empty(), OptionalInt.empty(), OptionalLong.empty());

  @Test
  void read_withoutWhatIsOptional_isEmptyThere() {
    assertThat(Json.read("{\"amount\":1,\"account\":\"a\"}", Asked.class)).isEqualTo(SHORT);
    assertThat(Json.read(Json.write(SHORT), Asked.class)).isEqualTo(SHORT);
  }

  @Test
  void read_withoutAnythingElse_isRefused() {
    assertThatThrownBy(() -> Json.read("{\"account\":\"a\"}", Asked.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("amount");
    assertThatThrownBy(() -> Json.read("{\"amount\":1}", Asked.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("account");
    assertThatThrownBy(() -> Json.read("{\"amount\":1,\"account\":null}", Asked.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("account");
  }
}
