package io.holdfast.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.check.Limits;
import io.holdfast.chaos.history.HistoryFiles;
import io.holdfast.chaos.history.Operation;
import io.holdfast.chaos.history.Recorder;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MachineLoadTest {

  private static final Map<String, String> ABOUT = Map.of("session", "PT3S");

  private final StringWriter text = new StringWriter();
  private final Recorder recorder = new Recorder("nemesis", ABOUT, text);

  private MachineLoad looked(Double... loads) {
    Iterator<Double> next = List.of(loads).iterator();
    MachineLoad load = new MachineLoad(recorder, next::next);
    for (int i = 0; i < loads.length; i++) {
      load.look();
    }
    return load;
  }

  private List<Operation> noted() {
    return HistoryFiles.parse(text.toString()).operations();
  }

  @Test
  void look_moreThanTheMachineCanDo_isNotedOnceWithItsEnd() {
    MachineLoad load = looked(1.0, 7.0, 35.0, 6.5, 2.0, 1.0);

    assertThat(load.tooMuch()).hasValue(35.0);
    assertThat(noted())
        .singleElement()
        .satisfies(
            overload -> {
              assertThat(overload.key()).isEqualTo("fault/overload");
              assertThat(overload.output()).containsEntry("load", "35");
            });
  }

  @Test
  void look_noMoreThanThat_notesNothing() {
    assertThat(looked(0.0, 6.0, 5.0).tooMuch()).isEmpty();
    assertThat(noted()).isEmpty();
  }

  /** A view that is out of touch for long, and a machine that cannot do more. */
  @Test
  void viewOutOfTouch_isJudgedUnlessTheMachineIsOverloaded() {
    long start = System.nanoTime() - Duration.ofSeconds(14).toNanos();
    record(start, "register", Map.of("id", "a", "sick", "false"));
    record(start, "see", Map.of("revision", "1", "freshness", "STALE", "shows", "a:UP"));
    record(System.nanoTime(), "closed", Map.of());
    assertThat(judgement()).isEqualTo(HistoryCheck.Result.INVALID);

    looked(35.0);

    assertThat(judgement()).isEqualTo(HistoryCheck.Result.VALID);
  }

  private void record(long at, String action, Map<String, String> input) {
    recorder.invokeAt(at, "registry/fleet", action, input).ok(Map.of());
  }

  private HistoryCheck.Result judgement() {
    return HistoryCheck.of(HistoryFiles.parse(text.toString()), Limits.defaults()).result();
  }
}
