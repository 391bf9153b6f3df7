package io.holdfast.testkit.check;

import io.holdfast.testkit.history.HistoryFormatException;
import io.holdfast.testkit.history.Operation;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;

/**
 * What happened around the operations of one key.
 *
 * @param bounds how long things may take
 * @param calm when nothing was being hurt
 * @param lives when each process lived
 * @param operations all, of every key
 */
record Surroundings(Bounds bounds, Calm calm, Lives lives, List<Operation> operations) {

  /** The kind of the keys of faults. */
  static final String FAULT = "fault";

  private static final String SESSION = "session";
  private static final String ORDINARY_SESSION = "PT10S";

  /**
   * Out of a whole history.
   *
   * @throws HistoryFormatException if {@code about} has a session time-out that is none
   */
  static Surroundings of(Map<String, String> about, List<Operation> operations) {
    String session = about.getOrDefault(SESSION, ORDINARY_SESSION);
    try {
      return new Surroundings(
          new Bounds(Duration.parse(session)),
          new Calm(operations.stream().filter(each -> each.kind().equals(FAULT)).toList()),
          new Lives(operations.stream().filter(each -> !each.kind().equals(FAULT)).toList()),
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
