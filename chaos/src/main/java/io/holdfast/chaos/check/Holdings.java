package io.holdfast.chaos.check;

import io.holdfast.chaos.check.Holding.End;
import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.history.History;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Who held what and when, out of a history in which every hold has an end. */
public final class Holdings {

  private final Map<String, Notes> byHold = new LinkedHashMap<>();

  private Holdings() {}

  /** What was noted of one hold, as far as it has come. */
  private static final class Notes {
    private final Event acquire;
    private String tokens = "";
    private long granted;
    private long lastNews;
    private long missed = Long.MAX_VALUE;
    private long proven = Long.MAX_VALUE;
    private long released = Long.MAX_VALUE;

    private Notes(Event acquire) {
      this.acquire = acquire;
    }

    /** A release is noted as of the last proof if the hold turned out to be lost. */
    private End end() {
      if (released == Long.MAX_VALUE) {
        return End.DIED;
      }
      return proven < lastNews ? End.LOST : End.RELEASED;
    }
  }

  /** All that were granted, in the order in which they were. */
  public static List<Holding> of(History history) {
    Holdings holdings = new Holdings();
    Map<String, Event> calls = new HashMap<>();
    for (Event event : history.events()) {
      if (event.type() == Event.Type.INVOKE) {
        calls.put(event.id(), event);
        holdings.called(event);
      } else if (calls.containsKey(event.id())) {
        holdings.returned(calls.get(event.id()), event);
      }
    }
    return holdings.byHold.values().stream()
        .filter(notes -> !notes.tokens.isEmpty())
        .flatMap(Holdings::holdings)
        .sorted(Comparator.comparingLong(Holding::granted))
        .toList();
  }

  private void called(Event call) {
    String hold = call.values().getOrDefault("hold", "");
    if (call.action().equals("acquire")) {
      byHold.put(hold, new Notes(call));
    } else if (call.action().equals("release") && byHold.containsKey(hold)) {
      byHold.get(hold).proven = call.nanos();
    }
  }

  private void returned(Event call, Event end) {
    Notes notes = byHold.get(call.values().getOrDefault("hold", ""));
    if (notes == null) {
      return;
    }
    switch (call.action()) {
      case "acquire" -> {
        notes.tokens = end.values().getOrDefault("tokens", "");
        notes.granted = end.nanos();
        notes.lastNews = end.nanos();
      }
      case "check" -> {
        notes.lastNews = end.nanos();
        if (end.type() == Event.Type.FAIL) {
          notes.missed = Math.min(notes.missed, end.nanos());
        }
      }
      case "release" -> notes.released = end.nanos();
      default -> {}
    }
  }

  private static Stream<Holding> holdings(Notes notes) {
    long proven = Math.max(notes.granted, notes.proven == Long.MAX_VALUE ? 0 : notes.proven);
    End end = notes.end();
    long believed =
        end == End.LOST ? Math.max(proven, Math.min(notes.missed, notes.released)) : proven;
    Map<String, String> modes = new LinkedHashMap<>();
    for (String claim : notes.acquire.values().getOrDefault("claims", "").split(" ", -1)) {
      int colon = claim.indexOf(':');
      modes.put(claim.substring(0, colon), claim.substring(colon + 1));
    }
    List<Holding> holdings = new ArrayList<>();
    for (String token : notes.tokens.split(" ", -1)) {
      String[] lock = token.split("=", 2);
      holdings.add(
          new Holding(
              notes.acquire.process(),
              notes.acquire.values().getOrDefault("hold", ""),
              lock[0],
              modes.getOrDefault(lock[0], "exclusive"),
              lock[1],
              notes.granted,
              proven,
              believed,
              end));
    }
    return holdings.stream();
  }
}
