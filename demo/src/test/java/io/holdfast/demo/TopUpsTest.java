package io.holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class TopUpsTest {

  private static TopUps booked(String id, long amount) {
    return new TopUps(new TreeMap<>(), 0, 0, 0)
        .and(id, "SUCCEEDED", amount, true)
        .and("other", "DECLINED", 5, false)
        .and("third", "PROCESSING", 5, true);
  }

  @Test
  void and_countsByState() {
    TopUps all = booked("one", 7);

    assertThat(all.booked()).containsExactly(Map.entry("one", 7L));
    assertThat(all.declined()).isEqualTo(1);
    assertThat(all.processing()).isEqualTo(1);
    assertThat(all.askedAgain()).isEqualTo(2);
  }

  @Test
  void differences_sameCharges_areNone() {
    assertThat(booked("one", 7).differences(Map.of("one", 7L))).isZero();
  }

  @Test
  void differences_chargedButNotBooked_bookedButNotCharged_anotherAmount_areCounted() {
    assertThat(booked("one", 7).differences(Map.of("one", 7L, "two", 3L))).isEqualTo(1);
    assertThat(booked("one", 7).differences(Map.of())).isEqualTo(1);
    assertThat(booked("one", 7).differences(Map.of("one", 14L))).isEqualTo(1);
  }
}
