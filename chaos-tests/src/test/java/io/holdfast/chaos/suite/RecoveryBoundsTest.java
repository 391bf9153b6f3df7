package io.holdfast.chaos.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.RecoveryTime;
import io.holdfast.chaos.suite.RecoveryBounds.Hurt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

final class RecoveryBoundsTest {

  private static final double HALF_A_SECOND = 1 / 6.0;

  /** With a leader there all the time. */
  private static List<RecoveryTime> took(double... all) {
    return DoubleStream.of(all).mapToObj(each -> new RecoveryTime(each, 0)).toList();
  }

  /** A hundred recoveries, some of them slow. */
  private static List<RecoveryTime> hundred(int slow, RecoveryTime recovery) {
    List<RecoveryTime> all =
        new ArrayList<>(Collections.nCopies(100 - slow, new RecoveryTime(0.4, 0)));
    all.addAll(Collections.nCopies(slow, recovery));
    return all;
  }

  @Test
  void excessOfTheLast_oneLockTakesMoreThanTwo_isSaid() {
    assertThat(RecoveryBounds.excessOfTheLast("kill-leader", took(0.3, 2.0))).isEmpty();
    assertThat(RecoveryBounds.excessOfTheLast("kill-leader", took(0.3, 2.01)))
        .hasValueSatisfying(said -> assertThat(said).contains("kill-leader", "2.01", "2.00"));
  }

  @Test
  void excessOfTheLast_electionOfHalfASecond_isWithinTheTwo() {
    assertThat(
            RecoveryBounds.excessOfTheLast(
                "kill-leader", List.of(new RecoveryTime(2.01, HALF_A_SECOND))))
        .isPresent();
  }

  @Test
  void excessOfTheLast_electionTakesLonger_mayTakeThatMore() {
    double election = HALF_A_SECOND + 1;

    assertThat(
            RecoveryBounds.excessOfTheLast(
                "partition-leader-deaf", List.of(new RecoveryTime(2.99, election))))
        .isEmpty();
    assertThat(
            RecoveryBounds.excessOfTheLast(
                "partition-leader-deaf",
                List.of(new RecoveryTime(3.01, election), new RecoveryTime(0.5, 0))))
        .isPresent();
  }

  @Test
  void excessOfTheLast_clientHearsNothing_mayTakeTheLibrarysNextAttemptMore() {
    assertThat(RecoveryBounds.excessOfTheLast("client-deaf", took(2.3))).isEmpty();
    assertThat(RecoveryBounds.excessOfTheLast("client-deaf", took(2.4))).isPresent();
  }

  @Test
  void excessOfNearlyAll_twoOfAHundredAreSlow_isSaid() {
    RecoveryTime slow = new RecoveryTime(1.61, 0);

    assertThat(RecoveryBounds.excessOfNearlyAll(Hurt.CLIENTS, hundred(1, slow))).isEmpty();
    assertThat(RecoveryBounds.excessOfNearlyAll(Hurt.CLIENTS, hundred(2, new RecoveryTime(1.6, 0))))
        .isEmpty();
    assertThat(RecoveryBounds.excessOfNearlyAll(Hurt.CLIENTS, hundred(2, slow))).isPresent();
  }

  @Test
  void excessOfNearlyAll_aLeaderHadToBeMissedAndFound_mayTakeThatMore() {
    RecoveryTime missed = new RecoveryTime(1.93, 0);
    RecoveryTime found = new RecoveryTime(1.93 + HALF_A_SECOND, HALF_A_SECOND);

    assertThat(RecoveryBounds.excessOfNearlyAll(Hurt.SERVERS, hundred(2, missed))).isEmpty();
    assertThat(RecoveryBounds.excessOfNearlyAll(Hurt.SERVERS, hundred(2, found))).isEmpty();
    assertThat(
            RecoveryBounds.excessOfNearlyAll(Hurt.SERVERS, hundred(2, new RecoveryTime(1.94, 0))))
        .isPresent();
  }

  @Test
  void excessOfNearlyAll_ofFewerThanAHundred_saysNothing() {
    assertThat(RecoveryBounds.excessOfNearlyAll(Hurt.CLIENTS, took(1.9, 1.9))).isEmpty();
  }
}
