package io.holdfast.chaos;

import io.holdfast.chaos.fault.RevokedSession;
import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.history.History;
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
 *
 * <p>Nor is its client in touch with the cluster, though it believes so, when it picks an instance.
 *
 * <p>A hold that was handed on within the client meanwhile, when others had greater tokens already,
 * never was one. It is left out; that its token is refused, the register behind it shows.
 */
final class RevokedHolds {

  /** What a pick says of whether its client was in touch. */
  private static final String LIVE = "live";

  private final RevokedSession taken;
  private final Map<String, Event> asked = new HashMap<>();

  /** When each hold was asked for. */
  private final Map<String, Long> askedAt = new HashMap<>();

  /** By lock. */
  private final Map<String, String> newest = new HashMap<>();

  /** What {@link #newest} was when an acquisition was asked for, by its id. */
  private final Map<String, Map<String, String>> newestThen = new HashMap<>();

  /** Holds that never were. */
  private final Set<String> vain = new HashSet<>();

  private final Set<String> dropped = new HashSet<>();

  /** Picks that were made in the belief to be in touch, by their ids. */
  private final Set<String> outOfTouch = new HashSet<>();

  private RevokedHolds(RevokedSession taken) {
    this.taken = taken;
  }

  /** The history, in which every hold has an end, as it would be noted by who knew. */
  static History of(RevokedSession taken, History history) {
    RevokedHolds hindsight = new RevokedHolds(taken);
    history.events().forEach(hindsight::learn);
    List<Event> events = new ArrayList<>();
    for (Event event : history.events()) {
      events.addAll(hindsight.seen(event));
    }
    return new History(history.about(), events);
  }

  private boolean isTheirs(Event call) {
    return call.process().startsWith(taken.client() + ".");
  }

  /** True while nobody had told the client. */
  private boolean isMeanwhile(Event event) {
    return event.nanos() > taken.from() && event.nanos() <= taken.to();
  }

  private static String hold(Event call) {
    return call.values().getOrDefault("hold", "");
  }

  private void learn(Event event) {
    if (event.type() == Event.Type.INVOKE) {
      if (event.action().equals("acquire")) {
        asked.put(event.id(), event);
        askedAt.put(hold(event), event.nanos());
        if (isTheirs(event)) {
          newestThen.put(event.id(), Map.copyOf(newest));
        }
      } else if (event.action().equals("pick") && isTheirs(event) && isMeanwhile(event)) {
        outOfTouch.add(event.id());
      }
      return;
    }
    Event call = asked.get(event.id());
    String tokens = event.values().getOrDefault("tokens", "");
    if (call == null || tokens.isEmpty()) {
      return;
    }
    for (String pair : tokens.split(" ", -1)) {
      String[] token = pair.split("=", 2);
      String before = newestThen.getOrDefault(event.id(), Map.of()).getOrDefault(token[0], "");
      if (isTheirs(call) && isMeanwhile(event) && before.compareTo(token[1]) > 0) {
        vain.add(hold(call));
      } else {
        newest.merge(token[0], token[1], (one, other) -> one.compareTo(other) > 0 ? one : other);
      }
    }
  }

  private List<Event> seen(Event event) {
    if (event.type() != Event.Type.INVOKE) {
      return dropped.contains(event.id()) ? List.of() : List.of(inTruth(event));
    }
    if (!isTheirs(event)) {
      return List.of(event);
    }
    boolean late = event.nanos() > taken.from() && isLost(event);
    boolean inVain = vain.contains(hold(event));
    if (inVain || (late && event.action().equals("check"))) {
      dropped.add(event.id());
      return List.of();
    }
    return List.of(late && event.action().equals("release") ? at(end(event), event) : event);
  }

  private Event inTruth(Event answer) {
    if (!outOfTouch.contains(answer.id()) || !answer.values().containsKey(LIVE)) {
      return answer;
    }
    Map<String, String> values = new HashMap<>(answer.values());
    values.put(LIVE, "false");
    return new Event(
        answer.type(),
        answer.id(),
        answer.nanos(),
        answer.process(),
        answer.key(),
        answer.action(),
        values);
  }

  /** True of an operation on a hold that was asked for on the session that was taken. */
  private boolean isLost(Event call) {
    return acquired(call) <= taken.to();
  }

  private long end(Event release) {
    return Math.max(taken.from(), acquired(release));
  }

  /** When the hold of an operation was asked for. */
  private long acquired(Event call) {
    return askedAt.getOrDefault(hold(call), Long.MAX_VALUE);
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
