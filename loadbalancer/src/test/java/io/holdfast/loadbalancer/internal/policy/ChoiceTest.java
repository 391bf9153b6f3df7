package io.holdfast.loadbalancer.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ChoiceTest {

  @Test
  void either_sign_decides() {
    assertThat(Choice.either(3, 5, 0)).isEqualTo(3);
    assertThat(Choice.either(3, 5, 1)).isEqualTo(3);
    assertThat(Choice.either(3, 5, Long.MAX_VALUE)).isEqualTo(3);
    assertThat(Choice.either(3, 5, -1)).isEqualTo(5);
    assertThat(Choice.either(3, 5, Long.MIN_VALUE)).isEqualTo(5);
  }

  @Test
  void other_allNumbers_areAllIndexesButTheOneTaken() {
    int size = 7;
    for (int taken = 0; taken < size; taken++) {
      int gone = taken;
      assertThat(IntStream.range(0, size - 1).map(number -> Choice.other(gone, number)))
          .containsExactlyElementsOf(
              IntStream.range(0, size).filter(index -> index != gone).boxed().toList());
    }
  }

  @Test
  void aliasTable_oneWeightFarAboveTheOther_drawsNearlyAlwaysIt() {
    AliasTable table = new AliasTable(new int[] {1, 1_000_000});
    long lowest = 0;
    long highest = -1;

    assertThat(table.at(lowest)).isZero();
    assertThat(table.at(lowest + 10_000)).isEqualTo(1);
    assertThat(table.at(highest)).isEqualTo(1);
  }
}
