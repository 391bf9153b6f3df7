package io.holdfast.chaos.check;

import static io.holdfast.chaos.check.Operations.acquire;
import static io.holdfast.chaos.check.Operations.check;
import static io.holdfast.chaos.check.Operations.release;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.chaos.history.HistoryFormatException;
import io.holdfast.chaos.history.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LockModelTest {

  private static Verdict verdict(Operation... operations) {
    return Linearizability.check(new LockModel(), List.of(operations), Limits.defaults());
  }

  private static void assertGood(Operation... operations) {
    assertThat(verdict(operations)).isInstanceOf(Verdict.Linearizable.class);
  }

  private static void assertBad(Operation... operations) {
    assertThat(verdict(operations)).isInstanceOf(Verdict.Violation.class);
  }

  @Test
  void exclusive_inTurn_isGood() {
    assertGood(
        acquire("h1", "a:exclusive", "a=1", 0, 1),
        check("h1", 2, 3),
        release("h1", 4, 8),
        acquire("h2", "a:exclusive", "a=2", 2, 6));
  }

  @Test
  void exclusive_heldByTwo_isBad() {
    assertBad(
        acquire("h1", "a:exclusive", "a=1", 0, 1),
        acquire("h2", "a:exclusive", "a=2", 2, 3),
        release("h1", 4, 5));
  }

  @Test
  void check_afterTheNextAcquired_isBad() {
    assertBad(
        acquire("h1", "a:exclusive", "a=1", 0, 1),
        release("h1", 2, 20),
        acquire("h2", "a:exclusive", "a=2", 3, 4),
        check("h1", 6, 7));
  }

  @Test
  void holder_died_mayLoseItAtAnyTimeAfter() {
    Operation died = release("h1", 5);
    assertGood(
        acquire("h1", "a:exclusive", "a=1", 0, 1), died, acquire("h2", "a:exclusive", "a=2", 2, 9));
    assertBad(
        acquire("h1", "a:exclusive", "a=1", 0, 1), died, acquire("h2", "a:exclusive", "a=2", 2, 4));
  }

  @Test
  void token_thatDoesNotGrow_isBad() {
    assertBad(
        acquire("h1", "a:exclusive", "a=2", 0, 1),
        release("h1", 2, 3),
        acquire("h2", "a:exclusive", "a=2", 4, 5));
  }

  @Test
  void release_ofWhatIsNotHeld_isBad() {
    assertBad(release("h1", 0, 1));
  }

  @Test
  void readers_share_andWritersDoNot() {
    assertGood(
        acquire("r1", "a:read", "a=1", 0, 1),
        acquire("r2", "a:read", "a=2", 2, 3),
        check("r1", 4, 5));
    assertBad(acquire("r1", "a:read", "a=1", 0, 1), acquire("w", "a:write", "a=2", 2, 3));
    assertBad(acquire("w", "a:write", "a=1", 0, 1), acquire("r1", "a:read", "a=2", 2, 3));
  }

  @Test
  void readers_tokensAmongEachOther_needNotGrow_butPastWritersTheyMust() {
    assertGood(acquire("r2", "a:read", "a=5", 0, 1), acquire("r1", "a:read", "a=4", 2, 3));
    assertBad(
        acquire("w", "a:write", "a=5", 0, 1),
        release("w", 2, 3),
        acquire("r1", "a:read", "a=4", 4, 5));
  }

  @Test
  void permits_fitOrNot() {
    Operation two = acquire("p1", "a:permits:2of3", "a=1", 0, 1);
    assertGood(two, acquire("p2", "a:permits:1of3", "a=2", 2, 3));
    assertBad(two, acquire("p2", "a:permits:2of3", "a=2", 2, 3));
    assertBad(two, acquire("p2", "a:permits:1of4", "a=2", 2, 3));
    assertBad(two, acquire("p2", "a:exclusive", "a=2", 2, 3));
  }

  @Test
  void several_areTakenTogether() {
    Operation both = acquire("m", "a:exclusive b:read", "a=1 b=1", 0, 1);
    assertGood(both, acquire("r", "b:read", "b=2", 2, 3));
    assertBad(both, acquire("x", "a:exclusive c:exclusive", "a=2 c=2", 2, 3));
    assertBad(both, acquire("w", "b:write", "b=2", 2, 3));
  }

  @Test
  void claims_malformed_areRefused() {
    assertThatThrownBy(() -> verdict(acquire("h", "a:mine", "a=1", 0, 1)))
        .isInstanceOf(HistoryFormatException.class)
        .hasMessageContaining("a:mine");
    assertThatThrownBy(() -> verdict(acquire("h", "a:exclusive", "1", 0, 1)))
        .isInstanceOf(HistoryFormatException.class);
  }
}
