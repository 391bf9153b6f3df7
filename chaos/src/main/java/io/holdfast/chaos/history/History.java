package io.holdfast.chaos.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All events of one run.
 *
 * @param about what the run was: seed, backend, provider, versions
 * @param events oldest first
 */
public record History(Map<String, String> about, List<Event> events) {

  public History {
    about = Map.copyOf(about);
    events = events.stream().sorted(Comparator.comparingLong(Event::nanos)).toList();
  }

  /**
   * The operations that took effect or may have, in the order of their calls. Those that failed
   * without effect are left out: they bind nobody.
   *
   * @throws HistoryFormatException if an operation begins twice, or ends without having begun
   */
  public List<Operation> operations() {
    Map<String, Event> begun = new LinkedHashMap<>();
    Map<String, Event> ended = new LinkedHashMap<>();
    for (Event event : events) {
      Map<String, Event> known = event.type() == Event.Type.INVOKE ? begun : ended;
      if (known.put(event.id(), event) != null) {
        throw new HistoryFormatException(
            "operation " + event.id() + " has two events of " + event.type());
      }
    }
    Set<String> strangers = new HashSet<>(ended.keySet());
    strangers.removeAll(begun.keySet());
    if (!strangers.isEmpty()) {
      throw new HistoryFormatException("operations that never began: " + strangers);
    }
    List<Operation> operations = new ArrayList<>();
    for (Event call : begun.values()) {
      Event end = ended.get(call.id());
      if (end == null || end.type() == Event.Type.INFO) {
        operations.add(operation(call, Map.of(), Operation.NEVER));
      } else if (end.type() == Event.Type.OK) {
        operations.add(operation(call, end.values(), end.nanos()));
      }
    }
    return List.copyOf(operations);
  }

  private static Operation operation(Event call, Map<String, String> output, long end) {
    return new Operation(
        call.id(),
        call.process(),
        call.key(),
        call.action(),
        call.values(),
        output,
        call.nanos(),
        end);
  }
}
