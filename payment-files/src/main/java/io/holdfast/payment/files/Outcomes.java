package io.holdfast.payment.files;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What became of each payment of a file. Thread-safe. */
final class Outcomes {

  enum Outcome {
    NOT_SENT,
    /** Sent, and not known whether it was done. */
    UNKNOWN,
    PAID,
    /** An earlier run had paid it, as the node says. */
    PAID_BEFORE,
    REFUSED;

    boolean isFinal() {
      return this == PAID || this == PAID_BEFORE || this == REFUSED;
    }
  }

  /** Guarded by this, as is all that follows. */
  private final Outcome[] byIndex;

  private final EnumMap<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
  private final Map<Integer, Reply.Refused> refusals = new HashMap<>();

  /** The same few refusals come again and again. */
  private final Map<Reply.Refused, Reply.Refused> same = new HashMap<>();

  Outcomes(int number) {
    byIndex = new Outcome[number];
    Arrays.fill(byIndex, Outcome.NOT_SENT);
    for (Outcome each : Outcome.values()) {
      counts.put(each, 0);
    }
    counts.put(Outcome.NOT_SENT, number);
  }

  synchronized void set(int index, Outcome outcome) {
    counts.merge(get(index), -1, Integer::sum);
    counts.merge(outcome, 1, Integer::sum);
    byIndex[index] = outcome;
  }

  synchronized void refused(int index, Reply.Refused why) {
    set(index, Outcome.REFUSED);
    refusals.put(index, same.computeIfAbsent(why, each -> each));
  }

  synchronized Outcome get(int index) {
    return byIndex[index];
  }

  /** Why a payment was refused; null if it was not. */
  synchronized Reply.@Nullable Refused refusal(int index) {
    return refusals.get(index);
  }

  synchronized int count(Outcome outcome) {
    return counts.getOrDefault(outcome, 0);
  }

  /** How many payments there are. */
  int size() {
    return byIndex.length;
  }

  /** How many are paid, whenever that was. */
  synchronized int paid() {
    return count(Outcome.PAID) + count(Outcome.PAID_BEFORE);
  }

  synchronized boolean allFinal() {
    return count(Outcome.NOT_SENT) == 0 && count(Outcome.UNKNOWN) == 0;
  }

  /** How many were refused with each code. */
  synchronized Map<String, Integer> refusalsByCode() {
    Map<String, Integer> byCode = new TreeMap<>();
    refusals.values().forEach(each -> byCode.merge(each.code(), 1, Integer::sum));
    return byCode;
  }
}
