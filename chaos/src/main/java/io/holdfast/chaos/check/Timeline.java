package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The calls and returns of a history in the order of time, as a linked list out of which an
 * operation is lifted when it has its place, and put back when that was wrong.
 *
 * <p>Entry 0 is the head; operation {@code i} has its call at {@code 1 + 2i} and its return, if it
 * returned, right after that. At one moment, calls come before returns: what touches may overlap.
 */
final class Timeline {

  static final int HEAD = 0;
  static final int END = -1;

  private final int[] next;
  private final int[] previous;
  private final boolean[] returns;
  private int returnsLeft;

  private record Moment(long nanos, int entry) {}

  Timeline(List<Operation> operations) {
    int entries = 1 + 2 * operations.size();
    next = new int[entries];
    previous = new int[entries];
    returns = new boolean[operations.size()];
    List<Moment> moments = new ArrayList<>(entries);
    for (int i = 0; i < operations.size(); i++) {
      Operation operation = operations.get(i);
      moments.add(new Moment(operation.call(), 1 + 2 * i));
      if (operation.completed()) {
        moments.add(new Moment(operation.end(), 2 + 2 * i));
        returns[i] = true;
        returnsLeft++;
      }
    }
    moments.sort(
        Comparator.comparingLong(Moment::nanos).thenComparing(moment -> !isCall(moment.entry())));
    int last = HEAD;
    for (Moment moment : moments) {
      next[last] = moment.entry();
      previous[moment.entry()] = last;
      last = moment.entry();
    }
    next[last] = END;
  }

  static boolean isCall(int entry) {
    return entry % 2 == 1;
  }

  static int operation(int entry) {
    return (entry - 1) / 2;
  }

  int after(int entry) {
    return next[entry];
  }

  /** True if every operation that returned has been lifted out. */
  boolean isExplained() {
    return returnsLeft == 0;
  }

  /** Takes an operation out by its call. */
  void lift(int call) {
    unlink(call);
    if (returns[operation(call)]) {
      unlink(call + 1);
      returnsLeft--;
    }
  }

  /** Puts the operation lifted last back. */
  void putBack(int call) {
    if (returns[operation(call)]) {
      link(call + 1);
      returnsLeft++;
    }
    link(call);
  }

  private void unlink(int entry) {
    next[previous[entry]] = next[entry];
    if (next[entry] != END) {
      previous[next[entry]] = previous[entry];
    }
  }

  private void link(int entry) {
    next[previous[entry]] = entry;
    if (next[entry] != END) {
      previous[next[entry]] = entry;
    }
  }
}
