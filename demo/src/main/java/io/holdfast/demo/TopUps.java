package io.holdfast.demo;

import java.util.Map;

/**
 * The top-ups in the ledger.
 *
 * @param booked minor units of those that are booked, by their names, which the acquirer knows
 * @param declined how many the acquirer did not charge
 * @param processing how many are not known yet
 * @param askedAgain how many of all could not be settled by the acquirer's first answer
 */
record TopUps(Map<String, Long> booked, int declined, int processing, int askedAgain) {

  TopUps and(String id, String state, long amount, boolean again) {
    int asked = askedAgain + (again ? 1 : 0);
    switch (state) {
      case "PROCESSING" -> {
        return new TopUps(booked, declined, processing + 1, asked);
      }
      case "DECLINED", "EXPIRED" -> {
        return new TopUps(booked, declined + 1, processing, asked);
      }
      default -> {
        booked.put(id, amount);
        return new TopUps(booked, declined, processing, asked);
      }
    }
  }

  /** How many are charged and not booked, booked and not charged, or over another amount. */
  int differences(Map<String, Long> charged) {
    int count = 0;
    for (Map.Entry<String, Long> each : charged.entrySet()) {
      count += each.getValue().equals(booked.get(each.getKey())) ? 0 : 1;
    }
    for (String id : booked.keySet()) {
      count += charged.containsKey(id) ? 0 : 1;
    }
    return count;
  }
}
