package io.holdfast.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.history.History;
import io.holdfast.chaos.history.Operation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HistoriesTest {

  private static Event begin(String id, long nanos, String action, String hold) {
    return new Event(Event.Type.INVOKE, id, nanos, "p", "lock/a", action, Map.of("hold", hold));
  }

  private static Event ok(String id, long nanos) {
    return new Event(Event.Type.OK, id, nanos, "", "", "", Map.of());
  }

  @Test
  void hold_ofAProcessThatDied_mayEndAnyTimeAfterItWasLastProven() {
    History history =
        new History(
            Map.of(),
            List.of(
                begin("1", 10, "acquire", "h"),
                ok("1", 20),
                begin("2", 30, "check", "h"),
                ok("2", 31),
                begin("3", 40, "check", "h")));

    List<Operation> ends =
        Histories.complete(history).operations().stream()
            .filter(operation -> operation.action().equals("release"))
            .toList();

    assertThat(ends).hasSize(1);
    assertThat(ends.get(0).call()).isEqualTo(30);
    assertThat(ends.get(0).completed()).isFalse();
  }

  @Test
  void hold_releasedOrNeverAcquired_getsNoOtherEnd() {
    History history =
        new History(
            Map.of(),
            List.of(
                begin("1", 10, "acquire", "h"),
                ok("1", 20),
                begin("2", 30, "release", "h"),
                begin("3", 40, "acquire", "other")));

    assertThat(Histories.complete(history).events()).hasSize(4);
  }
}
