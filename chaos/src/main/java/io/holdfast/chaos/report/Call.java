package io.holdfast.chaos.report;

import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.history.History;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An operation as a measurement, whatever came of it.
 *
 * @param action what was done
 * @param at when it was called
 * @param took how long until its outcome was known, in nanoseconds
 * @param outcome what came of it
 */
record Call(String action, long at, long took, Outcome outcome) {

  /** What was done to the cluster is noted too, and is nobody's call. */
  private static final String FAULT = "fault/";

  /** What comes of an operation, as pictures tell them apart. */
  enum Outcome {
    /** It took effect. */
    OK,
    /** It did not. */
    FAIL,
    /** A fence kept it from taking effect. */
    FENCED,
    /** Nobody knows. */
    UNKNOWN;

    /** Its class in the style sheet, and its name in the legend. */
    String style() {
      return switch (this) {
        case OK -> "ok";
        case FAIL -> "failed";
        case FENCED -> "fenced";
        case UNKNOWN -> "unknown";
      };
    }
  }

  double millis() {
    return took / 1e6;
  }

  /** All whose end was noted, oldest first. */
  static List<Call> of(History history) {
    Map<String, Event> begun = new HashMap<>();
    List<Call> calls = new ArrayList<>();
    for (Event event : history.events()) {
      Event call = event.type() == Event.Type.INVOKE ? null : begun.remove(event.id());
      if (event.type() == Event.Type.INVOKE) {
        if (!event.key().startsWith(FAULT)) {
          begun.put(event.id(), event);
        }
      } else if (call != null) {
        calls.add(
            new Call(call.action(), call.nanos(), event.nanos() - call.nanos(), outcome(event)));
      }
    }
    calls.sort(Comparator.comparingLong(Call::at));
    return List.copyOf(calls);
  }

  private static Outcome outcome(Event end) {
    return switch (end.type()) {
      case INFO -> Outcome.UNKNOWN;
      case FAIL -> Outcome.FAIL;
      case OK, INVOKE -> "false".equals(end.values().get("accepted")) ? Outcome.FENCED : Outcome.OK;
    };
  }
}
