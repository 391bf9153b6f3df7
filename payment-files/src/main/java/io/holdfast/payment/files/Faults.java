package io.holdfast.payment.files;

import java.util.ArrayList;
import java.util.List;

/** The first faults of a file, and how many there are. */
final class Faults {

  static final int MOST = 1_000;

  private final List<Fault> first = new ArrayList<>();
  private long count;

  void add(long line, Fault.Reason reason, String text) {
    count++;
    if (first.size() < MOST) {
      first.add(new Fault(line, reason, text));
    }
  }

  void add(Fields.Field where, Fault.Reason reason, String text) {
    add(where.line(), reason, text);
  }

  /** At most {@link #MOST}, in the order in which they were found. */
  List<Fault> first() {
    return List.copyOf(first);
  }

  long count() {
    return count;
  }

  /** How many are not among the first. */
  long more() {
    return count - first.size();
  }

  boolean isEmpty() {
    return count == 0;
  }
}
