package io.holdfast.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Payload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written into stores and databases can be read again, and nothing else can. */
final class NamesTest {

  private static final String ZOOKEEPER_SESSION = "01000a1b2c3d4e5f-0123456789abcdef";

  @Test
  void branch_longestNames_fitIntoAGidAndAreReadAgain() {
    Epoch epoch = new Epoch(999_999_999, ZOOKEEPER_SESSION, 999_999_999);
    BranchId branch =
        new TransactionId(
                "d0123456789a", epoch.name(), 999_999_999_999L, Optional.of("l".repeat(63)))
            .branch(999);

    assertThat(branch.toString()).hasSizeLessThan(200).matches("[ -~&&[^']]+");
    assertThat(BranchId.parse(branch.toString())).contains(branch);
    assertThat(Epoch.parse(branch.transaction().epoch())).contains(epoch);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hf:",
        "hf:d0123:0~m1.1:1",
        "hf:d0123:0~m1.1:1:01",
        "hf:d0123:0~m1.1:1:1000",
        "hf:D0123:0~m1.1:1:0",
        "1_aGVsbG8=_d29ybGQ=",
        "xx:d0123:0~m1.1:1:0"
      })
  void branch_foreignName_isNotTakenForOurs(String name) {
    assertThat(BranchId.parse(name)).isEmpty();
  }

  @Test
  void decision_encoded_isReadAgain() {
    Decision commit = Decision.toCommit(Map.of(0, "accounts", 2, "ledger"));
    Decision abort = Decision.toAbort("an operator said so");

    assertThat(Decision.decode(commit.encode())).contains(commit);
    assertThat(Decision.decode(abort.encode())).contains(abort);
    assertThat(Decision.decode(Payload.utf8("commit later 0=accounts"))).isEmpty();
    assertThat(Decision.decode(Payload.EMPTY)).isEmpty();
  }

  /** The last branch decides, and the others have only looked. */
  @Test
  void decision_withoutOtherBranches_isReadAgain() {
    Decision commit = Decision.toCommit(Map.of());

    assertThat(Decision.decode(commit.encode())).contains(commit);
  }

  @Test
  void lowMark_withExceptions_tellsWhatHasEnded() {
    LowWaterMark mark = LowWaterMark.decode(LowWaterMark.of(12, List.of(7L, 9L)).encode());

    assertThat(mark.hasEnded(8)).isTrue();
    assertThat(mark.hasEnded(9)).isFalse();
    assertThat(mark.hasEnded(13)).isFalse();
    assertThat(LowWaterMark.decode(Payload.EMPTY)).isEqualTo(LowWaterMark.NONE);
  }

  @Test
  void token_readAgain_isTheSame() {
    VisibilityToken token =
        VisibilityToken.parse(
            new VisibilityToken(TransactionId.parse("d0123:0~m1.1:5@ledger")).toString());

    assertThat(token.transaction())
        .contains(new TransactionId("d0123", "0~m1.1", 5, Optional.of("ledger")));
    assertThat(VisibilityToken.parse("-").transaction()).isEmpty();
    assertThatThrownBy(() -> VisibilityToken.parse("x"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
