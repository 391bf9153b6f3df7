package io.holdfast.chaos.check;

import java.util.ArrayList;
import java.util.List;

/** Counts what was broken, and keeps the first of it for people. */
final class Violations {

  private static final int MOST_KEPT = 10;

  private final List<String> broken = new ArrayList<>();
  private int times;

  void broken(String how) {
    times++;
    if (broken.size() < MOST_KEPT) {
      broken.add(how);
    }
  }

  Verdict verdict(int operations) {
    return times == 0
        ? new Verdict.Kept(operations)
        : new Verdict.Broken(operations, times, broken);
  }

  /** For people: a moment in seconds on the history's clock. */
  static String at(long nanos) {
    return "%.3f s".formatted(nanos / 1e9);
  }
}
