package io.holdfast.testkit.chaos;

import io.holdfast.testkit.fault.Taken;
import io.holdfast.testkit.history.Event;
import io.holdfast.testkit.history.History;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a client could not know when it noted what it did: that its session had been taken from it.
 *
 * <p>A session that ends for want of a sign of life is known to its client to be over in time, by
 * its own clock. One that somebody else ends is not. So holds on it count as ended at any time from
 * then on, and what the client believed of them later proves nothing:
 *
 * <pre>
 *   noted      acquire -- check -- check ------ check ----- check, no -- release
 *   in truth   acquire -- check ---------- release -------------------------- >
 *                                   |           |
 *                               session taken   client hears of it
 * </pre>
 */
final class Hindsight {

  private final Taken taken;
  private final Map<String, Event> acquired = new HashMap<>();
  private final Set<String> dropped = new HashSet<>();

  private Hindsight(Taken taken) {
    this.taken = taken;
  }

  /** The history, in which every hold has an end, as it would be noted by who knew. */
  static History of(Taken taken, History history) {
    Hindsight hindsight = new Hindsight(taken);
    List<Event> events = new ArrayList<>();
    for (Event event : history.events()) {
      events.addAll(hindsight.seen(event));
    }
    return new History(history.about(), events);
  }

  private List<Event> seen(Event event) {
    if (event.type() != Event.Type.INVOKE) {
      return dropped.contains(event.id()) ? List.of() : List.of(event);
    }
    if (!event.process().startsWith(taken.client() + ".")) {
      return List.of(event);
    }
    String hold = event.values().getOrDefault("hold", "");
    return switch (event.action()) {
      case "acquire" -> {
        acquired.put(hold, event);
        yield List.of(event);
      }
      case "check" -> {
        if (isLost(hold) && event.nanos() > taken.from()) {
          dropped.add(event.id());
          yield List.of();
        }
        yield List.of(event);
      }
      case "release" -> {
        boolean early = isLost(hold) && event.nanos() > taken.from();
        yield List.of(early ? at(end(hold), event) : event);
      }
      default -> List.of(event);
    };
  }

  /** True if it was asked for on the session that was taken. */
  private boolean isLost(String hold) {
    Event acquire = acquired.get(hold);
    return acquire != null && acquire.nanos() <= taken.to();
  }

  private long end(String hold) {
    Event acquire = acquired.get(hold);
    return acquire == null ? taken.from() : Math.max(taken.from(), acquire.nanos());
  }

  private static Event at(long nanos, Event event) {
    return new Event(
        event.type(),
        event.id(),
        nanos,
        event.process(),
        event.key(),
        event.action(),
        event.values());
  }
}
