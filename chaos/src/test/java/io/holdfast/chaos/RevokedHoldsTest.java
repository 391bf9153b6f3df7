package io.holdfast.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.check.Holdings;
import io.holdfast.chaos.check.Limits;
import io.holdfast.chaos.check.Overlap;
import io.holdfast.chaos.fault.RevokedSession;
import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.history.History;
import io.holdfast.chaos.history.HistoryNotes;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The client c1 holds; its session is taken at 20; c2 is granted at 30; c1 hears of it at 40. */
final class RevokedHoldsTest {

  private static final History NOTED =
      new HistoryNotes()
          .acquired("c1.1", "h1", "a:exclusive", "a=1", 0, 5)
          .looked("c1.1", "h1", 10, 11, Event.Type.OK)
          .acquired("c2.1", "h2", "a:exclusive", "a=2", 1, 30)
          .looked("c2.1", "h2", 31, 32, Event.Type.OK)
          .looked("c1.1", "h1", 35, 36, Event.Type.OK)
          .looked("c1.1", "h1", 45, 46, Event.Type.FAIL)
          .released("c1.1", "h1", 35, 50)
          .released("c2.1", "h2", 60, 61)
          .history();

  private static HistoryCheck.Result judged(History history) {
    return HistoryCheck.of(history, Limits.defaults()).result();
  }

  private static Duration provenTwice(History history) {
    return Overlap.of(Holdings.of(history)).stream()
        .map(Overlap::proven)
        .reduce(Duration.ZERO, Duration::plus);
  }

  @Test
  void sessionTaken_beliefUntilHeard_isNoProof() {
    History seen = RevokedHolds.of(new RevokedSession("c1", 20, 40), NOTED);

    assertThat(judged(NOTED)).isEqualTo(HistoryCheck.Result.INVALID);
    assertThat(provenTwice(NOTED)).isPositive();
    assertThat(judged(seen)).isEqualTo(HistoryCheck.Result.VALID);
    assertThat(provenTwice(seen)).isZero();
  }

  @Test
  void sessionTaken_handedOnWithinTheClientAfterOthersHadIt_isLeftOut() {
    History noted =
        new HistoryNotes()
            .acquired("c1.1", "h1", "a:exclusive", "a=1", 0, 5)
            .released("c1.1", "h1", 22, 26)
            .acquired("c2.1", "h2", "a:exclusive", "a=3", 1, 23)
            .acquired("c1.1", "h3", "a:exclusive", "a=2", 25, 27)
            .looked("c1.1", "h3", 28, 29, Event.Type.OK)
            .released("c1.1", "h3", 30, 31)
            .released("c2.1", "h2", 60, 61)
            .history();

    assertThat(judged(noted)).isEqualTo(HistoryCheck.Result.INVALID);
    assertThat(judged(RevokedHolds.of(new RevokedSession("c1", 20, 40), noted)))
        .isEqualTo(HistoryCheck.Result.VALID);
  }

  @Test
  void sessionTaken_picksUntilHeard_areOutOfTouch() {
    History noted =
        new HistoryNotes()
            .picked("c1.1", "i", "true", 18, 19)
            .picked("c1.1", "i", "true", 25, 26)
            .picked("c2.1", "i", "true", 25, 26)
            .picked("c1.1", "i", "true", 45, 46)
            .history();

    assertThat(RevokedHolds.of(new RevokedSession("c1", 20, 40), noted).operations())
        .extracting(pick -> pick.answered("live"))
        .containsExactly("true", "false", "true", "true");
  }

  @Test
  void sessionTaken_ofAnotherClient_changesNothing() {
    assertThat(judged(RevokedHolds.of(new RevokedSession("c3", 20, 40), NOTED)))
        .isEqualTo(HistoryCheck.Result.INVALID);
  }

  @Test
  void sessionTaken_beforeTheHoldWasAskedFor_changesNothing() {
    History later =
        new HistoryNotes()
            .acquired("c1.1", "h1", "a:exclusive", "a=1", 50, 55)
            .acquired("c2.1", "h2", "a:exclusive", "a=2", 51, 80)
            .looked("c1.1", "h1", 85, 86, Event.Type.OK)
            .released("c1.1", "h1", 90, 91)
            .released("c2.1", "h2", 92, 93)
            .history();

    assertThat(judged(RevokedHolds.of(new RevokedSession("c1", 20, 40), later)))
        .isEqualTo(HistoryCheck.Result.INVALID);
  }
}
