package io.holdfast.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.RecoveryBounds.Hurt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RecoveryBoundsTest {

  /** A hundred recoveries, some of them slow. */
  private static List<Double> hundred(int slow, double took) {
    List<Double> all = new ArrayList<>(Collections.nCopies(100 - slow, 0.4));
    all.addAll(Collections.nCopies(slow, took));
    return all;
  }

  @Test
  void excessOfTheLast_oneLockTakesMoreThanTwo_isSaid() {
    assertThat(RecoveryBounds.excessOfTheLast("kill-leader", List.of(0.3, 2.0))).isEmpty();
    assertThat(RecoveryBounds.excessOfTheLast("kill-leader", List.of(0.3, 2.01)))
        .hasValueSatisfying(said -> assertThat(said).contains("kill-leader", "2.01", "2.00"));
  }

  @Test
  void excessOfTheLast_clientHearsNothing_mayTakeTheLibrarysNextAttemptMore() {
    assertThat(RecoveryBounds.excessOfTheLast("client-deaf", List.of(2.3))).isEmpty();
    assertThat(RecoveryBounds.excessOfTheLast("client-deaf", List.of(2.4))).isPresent();
  }

  @Test
  void excessOfNearlyAll_twoOfAHundredAreSlow_isSaid() {
    assertThat(RecoveryBounds.excessOfNearlyAll(Hurt.CLIENTS, hundred(1, 1.61))).isEmpty();
    assertThat(RecoveryBounds.excessOfNearlyAll(Hurt.CLIENTS, hundred(2, 1.6))).isEmpty();
    assertThat(RecoveryBounds.excessOfNearlyAll(Hurt.CLIENTS, hundred(2, 1.61))).isPresent();
  }

  @Test
  void excessOfNearlyAll_aLeaderHadToBeFound_mayTakeAnElectionMore() {
    assertThat(RecoveryBounds.excessOfNearlyAll(Hurt.SERVERS, hundred(2, 2.1))).isEmpty();
    assertThat(RecoveryBounds.excessOfNearlyAll(Hurt.SERVERS, hundred(2, 2.11))).isPresent();
  }

  @Test
  void excessOfNearlyAll_ofFewerThanAHundred_saysNothing() {
    assertThat(RecoveryBounds.excessOfNearlyAll(Hurt.CLIENTS, List.of(1.9, 1.9))).isEmpty();
  }
}
