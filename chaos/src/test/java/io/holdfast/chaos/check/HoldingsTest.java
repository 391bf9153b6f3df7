package io.holdfast.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.check.Holding.End;
import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.history.HistoryNotes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HoldingsTest {

  private final HistoryNotes notes = new HistoryNotes();

  private List<Holding> holdings() {
    return Holdings.of(notes.history());
  }

  @Test
  void hold_released_endsWhenTheReleaseBegan() {
    notes.acquired("p", "h", "a:exclusive", "a=001", 10, 20);
    notes.released("p", "h", 40, 50);

    assertThat(holdings())
        .containsExactly(new Holding("p", "h", "a", "exclusive", "001", 20, 40, 40, End.RELEASED));
  }

  @Test
  void hold_lost_isBelievedUntilTheLookThatMissedIt() {
    notes.acquired("p", "h", "a:exclusive", "a=001", 10, 20);
    notes.looked("p", "h", 30, 31, Event.Type.OK);
    notes.looked("p", "h", 80, 81, Event.Type.FAIL);
    notes.released("p", "h", 30, 90);

    assertThat(holdings())
        .containsExactly(new Holding("p", "h", "a", "exclusive", "001", 20, 30, 81, End.LOST));
  }

  @Test
  void hold_ofADeadProcess_endsWithItsLastProof() {
    notes.acquired("p", "h", "a:exclusive b:read", "a=001 b=007", 10, 20);
    notes.releaseBegan("p", "h", 30);

    assertThat(holdings())
        .containsExactly(
            new Holding("p", "h", "a", "exclusive", "001", 20, 30, 30, End.DIED),
            new Holding("p", "h", "b", "read", "007", 20, 30, 30, End.DIED));
  }

  @Test
  void overlap_withAZombie_isMeasuredButNothingIsProvenTwice() {
    notes.acquired("p", "h", "a:exclusive", "a=001", 10, 20);
    notes.looked("p", "h", 80, 81, Event.Type.FAIL);
    notes.released("p", "h", 20, 90);
    notes.acquired("q", "i", "a:exclusive", "a=002", 15, 50);
    notes.released("q", "i", 70, 72);

    List<Overlap> overlaps = Overlap.of(holdings());

    assertThat(overlaps).hasSize(1);
    assertThat(overlaps.get(0).length()).isEqualTo(Duration.ofNanos(20));
    assertThat(overlaps.get(0).proven()).isZero();
    assertThat(overlaps.get(0).earlier().process()).isEqualTo("p");
  }

  @Test
  void overlap_ofTwoThatWereCertain_isProven() {
    notes.acquired("p", "h", "a:exclusive", "a=001", 10, 20);
    notes.released("p", "h", 60, 90);
    notes.acquired("q", "i", "a:read", "a=002", 15, 50);
    notes.released("q", "i", 70, 72);

    assertThat(Overlap.of(holdings()))
        .extracting(Overlap::proven)
        .containsExactly(Duration.ofNanos(10));
  }

  @Test
  void overlap_ofReadersAndOfPermits_isNone() {
    notes.acquired("p", "h", "a:read b:permits:1of2", "a=001 b=001", 10, 20);
    notes.released("p", "h", 60, 90);
    notes.acquired("q", "i", "a:read b:permits:1of2", "a=002 b=002", 15, 50);
    notes.released("q", "i", 70, 72);

    assertThat(Overlap.of(holdings())).isEmpty();
  }
}
