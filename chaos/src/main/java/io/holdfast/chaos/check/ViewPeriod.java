package io.holdfast.chaos.check;

import io.holdfast.chaos.history.HistoryFormatException;
import io.holdfast.chaos.history.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one view showed for a while.
 *
 * @param process whose view
 * @param span from this change to the next, or to the process's last note
 * @param revision of the snapshot
 * @param freshness of the snapshot
 * @param statuses of the instances, by id
 */
record ViewPeriod(
    String process, Span span, long revision, String freshness, Map<String, String> statuses) {

  /** True if the view said that the cluster stands behind it. */
  boolean isInTouch() {
    return freshness.equals("LIVE") || freshness.equals("PROTECTED");
  }

  /**
   * The sights of one process.
   *
   * @param looks its {@code see}s, and perhaps that the view was {@code closed}, in the order of
   *     their calls
   * @param last when the process was last heard of
   */
  static List<ViewPeriod> of(List<Operation> looks, long last) {
    List<ViewPeriod> periods = new ArrayList<>();
    for (int i = 0; i < looks.size(); i++) {
      Operation look = looks.get(i);
      if (look.action().equals("see")) {
        long to = i + 1 < looks.size() ? looks.get(i + 1).call() : last;
        periods.add(
            new ViewPeriod(
                look.process(),
                new Span(look.call(), to),
                revision(look),
                look.asked("freshness"),
                statuses(look)));
      }
    }
    return periods;
  }

  private static long revision(Operation see) {
    try {
      return Long.parseLong(see.asked("revision"));
    } catch (NumberFormatException e) {
      throw new HistoryFormatException("not a revision: '" + see.asked("revision") + "'", e);
    }
  }

  private static Map<String, String> statuses(Operation see) {
    Map<String, String> statuses = new LinkedHashMap<>();
    for (String shown : see.asked("shows").split(" ", -1)) {
      int colon = shown.indexOf(':');
      if (colon > 0) {
        statuses.put(shown.substring(0, colon), shown.substring(colon + 1));
      }
    }
    return statuses;
  }
}
