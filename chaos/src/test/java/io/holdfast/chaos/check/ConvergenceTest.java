package io.holdfast.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.history.History;
import io.holdfast.chaos.history.HistoryNotes;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConvergenceTest {

  @Test
  void view_thatIsLate_missesWhoCameAndShowsWhoWent() {
    History history =
        new HistoryNotes()
            .saw("c2.1", 1, "LIVE", "", 5)
            .served("c1.1", "register", "a", 10, 20)
            .saw("c2.1", 2, "LIVE", "a:UP", 40)
            .served("c1.1", "deregister", "a", 60, 70)
            .saw("c2.1", 3, "LIVE", "", 90)
            .saw("c2.1", 3, "STALE", "", 100)
            .saw("c2.1", 3, "LIVE", "", 110)
            .history();

    assertThat(Convergence.of(history))
        .containsExactly(
            view(5, 20, true, 0, 0, List.of(), List.of(), false),
            view(20, 40, true, 1, 0, List.of("a"), List.of(), false),
            view(40, 60, true, 1, 1, List.of(), List.of(), false),
            view(60, 70, true, 0, 1, List.of(), List.of(), false),
            view(70, 90, true, 0, 1, List.of(), List.of("a"), false),
            view(90, 100, true, 0, 0, List.of(), List.of(), false),
            view(100, 110, false, 0, 0, List.of(), List.of(), false));
  }

  @Test
  void view_thatShowsNobodyAnyMore_isEmptiedWhileOneItShowedIsThere() {
    History history =
        new HistoryNotes()
            .served("c1.1", "register", "a", 10, 20)
            .saw("c2.1", 2, "LIVE", "a:UP", 30)
            .saw("c2.1", 3, "LIVE", "", 40)
            .saw("c2.1", 4, "LIVE", "a:UP", 50)
            .served("c1.1", "drain", "a", 60, 60)
            .saw("c2.1", 5, "LIVE", "a:DRAINING", 60)
            .history();

    assertThat(Convergence.of(history).stream().filter(Convergence::emptied))
        .containsExactly(view(40, 50, true, 1, 0, List.of("a"), List.of(), true));
  }

  @Test
  void ownerThatDied_isAPhantomOnceItsSuccessorHasBegun() {
    History history =
        new HistoryNotes()
            .served("c1.1", "register", "a", 10, 20)
            .saw("c2.1", 2, "LIVE", "a:UP", 30)
            .served("c1.2", "register", "b", 50, 60)
            .saw("c2.1", 3, "LIVE", "b:UP", 80)
            .saw("c2.1", 4, "LIVE", "b:UP", 90)
            .served("c1.2", "drain", "b", 95, 96)
            .history();

    assertThat(Convergence.of(history))
        .contains(view(50, 60, true, 0, 1, List.of(), List.of("a"), false))
        .contains(view(60, 80, true, 1, 1, List.of("b"), List.of("a"), false))
        .endsWith(view(80, 90, true, 1, 1, List.of(), List.of(), false));
  }

  private static Convergence view(
      long from,
      long to,
      boolean inTouch,
      int registered,
      int shown,
      List<String> missing,
      List<String> phantoms,
      boolean emptied) {
    return new Convergence(
        "svc", "c2.1", from, to, inTouch, registered, shown, missing, phantoms, emptied);
  }
}
