package io.holdfast.registry.internal.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.registry.ScriptedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose turn it is. */
final class RelistingTest {

  private final ScriptedCluster context = new ScriptedCluster();
  private final Relisting relisting =
      new Relisting(context, Duration.ofSeconds(10), Duration.ofSeconds(5));
  private final List<Integer> begun = new ArrayList<>();
  private final List<Relisting.Turn> turns = new ArrayList<>();

  private void ask(int count) {
    for (int i = 0; i < count; i++) {
      int number = i;
      turns.add(relisting.now(() -> begun.add(number)));
    }
  }

  @Test
  void now_many_beginFourAtATimeInOrder() {
    ask(6);
    assertThat(begun).containsExactly(0, 1, 2, 3);

    turns.get(2).end();
    turns.get(2).end();

    assertThat(begun).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void end_beforeItsTurn_givesItUp() {
    ask(6);
    turns.get(4).end();

    turns.get(0).end();

    assertThat(begun).containsExactly(0, 1, 2, 3, 5);
  }

  @Test
  void turn_thatNeverEnds_isOverByItself() {
    ask(8);
    context.runTimers();

    assertThat(begun).hasSize(8);
  }

  @Test
  void afterPause_waitsForTheTimer() {
    relisting.afterPause(() -> begun.add(1));
    assertThat(begun).isEmpty();

    context.runTimers();

    assertThat(begun).containsExactly(1);
  }
}
