package io.holdfast.chaos.check;

import io.holdfast.chaos.history.HistoryFormatException;
import io.holdfast.chaos.history.Operation;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;

/**
 * What happened around the operations of one key.
 *
 * @param bounds how long things may take
 * @param quiet when nothing was being hurt
 * @param lifetimes when each process lived
 * @param operations all, of every key
 */
record CheckContext(
    TimeBounds bounds, QuietPeriods quiet, ProcessLifetimes lifetimes, List<Operation> operations) {

  /** The kind of the keys of faults. */
  static final String FAULT = "fault";

  private static final String SESSION = "session";
  private static final String ORDINARY_SESSION = "PT10S";

  /**
   * Out of a whole history.
   *
   * @throws HistoryFormatException if {@code about} has a session time-out that is none
   */
  static CheckContext of(Map<String, String> about, List<Operation> operations) {
    String session = about.getOrDefault(SESSION, ORDINARY_SESSION);
    try {
      return new CheckContext(
          new TimeBounds(Duration.parse(session)),
          new QuietPeriods(operations.stream().filter(each -> each.kind().equals(FAULT)).toList()),
          new ProcessLifetimes(
              operations.stream().filter(each -> !each.kind().equals(FAULT)).toList()),
          operations);
    } catch (DateTimeParseException e) {
      throw new HistoryFormatException("not a session time-out: '" + session + "'", e);
    }
  }

  /** The operations of one key. */
  List<Operation> of(String key) {
    return operations.stream().filter(each -> each.key().equals(key)).toList();
  }
}
