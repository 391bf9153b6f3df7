package io.holdfast.chaos;

import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.history.History;
import io.holdfast.chaos.history.HistoryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One history out of what many processes noted. */
public final class Histories {

  private Histories() {}

  /** Joins them; a file that is absent is one whose process did not come to note anything. */
  static History join(Map<String, String> about, List<Path> files) throws IOException {
    List<Event> events = new ArrayList<>();
    for (Path file : files) {
      if (Files.exists(file) && Files.size(file) > 0) {
        events.addAll(HistoryFiles.read(file).events());
      }
    }
    return complete(new History(about, events));
  }

  /** With an end for every hold. */
  public static History complete(History history) {
    List<Event> events = new ArrayList<>(history.events());
    events.addAll(endsOfTheDead(history));
    return new History(history.about(), events);
  }

  /**
   * A release that never returns for every hold that nobody released: its process died. The hold
   * may have ended at any time after it was last proven.
   */
  private static List<Event> endsOfTheDead(History history) {
    Map<String, Event> lastProof = new HashMap<>();
    history
        .operations()
        .forEach(
            operation -> {
              String hold = operation.input().getOrDefault("hold", "");
              if (operation.action().equals("release")) {
                lastProof.remove(hold);
              } else if (operation.completed() && !hold.isEmpty()) {
                lastProof.put(
                    hold,
                    new Event(
                        Event.Type.INVOKE,
                        "end-of-" + hold,
                        operation.call(),
                        operation.process(),
                        operation.key(),
                        "release",
                        Map.of("hold", hold)));
              }
            });
    return List.copyOf(lastProof.values());
  }
}
