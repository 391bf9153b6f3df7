package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.history.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small history for tests, told in seconds, of a run with a session of one second: so all must be
 * well four seconds after a fault, and the dead be forgotten after seven.
 */
final class Told {

  private static final long SECOND = 1_000_000_000;

  private final List<Event> events = new ArrayList<>();
  private int count;

  /** An operation; {@code values} are what was asked, {@code /}, what was answered. */
  Told did(String process, double from, double to, String key, String action, String... values) {
    String id = process + "-" + from + "-" + ++count;
    Map<String, String> asked = new LinkedHashMap<>();
    Map<String, String> answered = new LinkedHashMap<>();
    Map<String, String> now = asked;
    for (String value : values) {
      if (value.equals("/")) {
        now = answered;
      } else {
        int is = value.indexOf('=');
        now.put(value.substring(0, is), value.substring(is + 1));
      }
    }
    events.add(
        new Event(Event.Type.INVOKE, id, (long) (from * SECOND), process, key, action, asked));
    events.add(new Event(Event.Type.OK, id, (long) (to * SECOND), "", "", "", answered));
    return this;
  }

  Told fault(double from, double to) {
    return did("nemesis", from, to, "fault/any", "hurt");
  }

  /** A sign of life that means nothing else. */
  Told lifetimes(String process, double at) {
    return did(process, at, at, "register/alive-" + process, "read", "/", "value=0");
  }

  HistoryCheck check() {
    return HistoryCheck.of(
        new History(Map.of("session", Duration.ofSeconds(1).toString()), events),
        Limits.defaults());
  }

  Verdict verdict(String key) {
    Verdict verdict = check().verdicts().get(key);
    if (verdict == null) {
      throw new AssertionError("no verdict on " + key);
    }
    return verdict;
  }
}
