package io.holdfast.chaos.check;

import static io.holdfast.chaos.check.Operations.accepted;
import static io.holdfast.chaos.check.Operations.read;
import static io.holdfast.chaos.check.Operations.refused;
import static io.holdfast.chaos.check.Operations.seal;
import static io.holdfast.chaos.check.Operations.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.history.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FencedRegisterTest {

  private static Verdict check(Operation... operations) {
    return Linearizability.check(new FencedRegister(), List.of(operations), Limits.defaults());
  }

  private static void assertGood(Operation... operations) {
    assertThat(check(operations)).isInstanceOf(Verdict.Linearizable.class);
  }

  private static void assertBad(Operation... operations) {
    assertThat(check(operations)).isInstanceOf(Verdict.Violation.class);
  }

  @Test
  void nothing_isLinearizable() {
    assertGood();
  }

  @Test
  void holders_oneAfterTheOther_isLinearizable() {
    assertGood(
        seal("s1", "1", "0", 0, 1),
        accepted(write("w1", "1", "0", "1", 2, 3)),
        seal("s2", "2", "1", 4, 5),
        accepted(write("w2", "2", "1", "2", 6, 7)),
        read("r", "2", 8, 9));
  }

  @Test
  void read_ofWhatAnOverlappingWriteReplaces_mayBeOldOrNew() {
    Operation first = accepted(write("w1", "1", "0", "1", 0, 10));
    assertGood(first, read("r", "0", 2, 3));
    assertGood(first, read("r", "1", 2, 3));
    assertBad(first, read("r", "0", 11, 12));
  }

  @Test
  void reads_thatGoBack_areBad() {
    assertBad(
        accepted(write("w1", "1", "0", "1", 0, 10)), read("r1", "1", 1, 2), read("r2", "0", 3, 4));
  }

  @Test
  void zombie_refused_isLinearizable() {
    assertGood(
        seal("s1", "1", "0", 0, 1),
        seal("s2", "2", "0", 2, 3),
        refused(write("w1", "1", "0", "1", 4, 5)),
        accepted(write("w2", "2", "0", "5", 6, 7)));
  }

  @Test
  void zombie_accepted_isBad() {
    assertBad(
        seal("s1", "1", "0", 0, 1),
        seal("s2", "2", "0", 2, 3),
        accepted(write("w1", "1", "0", "1", 4, 5)));
  }

  @Test
  void write_refusedThoughNobodyCameAfter_isBad() {
    assertBad(seal("s1", "1", "0", 0, 1), refused(write("w1", "1", "0", "1", 2, 3)));
  }

  @Test
  void update_lostUnderOneToken_isBad() {
    assertBad(
        seal("s1", "1", "0", 0, 1),
        seal("s2", "1", "0", 2, 3),
        accepted(write("w1", "1", "0", "1", 4, 5)),
        accepted(write("w2", "1", "0", "2", 6, 7)));
  }

  @Test
  void write_thatNeverReturned_mayHaveHappenedOrNot() {
    Operation lost = write("w1", "1", "0", "1", 2);
    assertGood(lost, read("r", "0", 4, 5));
    assertGood(lost, read("r", "1", 4, 5));
    assertGood(lost, read("r1", "0", 4, 5), read("r2", "1", 6, 7));
    assertBad(lost, read("r1", "1", 4, 5), read("r2", "0", 6, 7));
    assertBad(read("r", "1", 0, 1), lost);
  }

  @Test
  void violation_tellsHowFarItCame() {
    Verdict verdict =
        check(
            seal("s1", "1", "0", 0, 1),
            accepted(write("w1", "1", "0", "1", 2, 3)),
            read("r", "0", 4, 5));
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Violation.class,
            bad -> {
              assertThat(bad.operations()).isEqualTo(3);
              assertThat(bad.explained()).isEqualTo(2);
              assertThat(bad.why()).contains("read register/a", "value=1");
            });
  }

  @Test
  void search_withoutRoom_isUnknownAndNeverAPass() {
    Operation[] many = new Operation[12];
    for (int i = 0; i < many.length; i++) {
      many[i] = read("r" + i, i == 11 ? "1" : "0", 0, 10);
    }
    Verdict verdict =
        Linearizability.check(
            new FencedRegister(), List.of(many), Limits.defaults().withConfigurations(50));
    assertThat(verdict).isInstanceOf(Verdict.Unknown.class);
  }
}
