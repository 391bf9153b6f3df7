package io.holdfast.chaos.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads and writes histories as lines of JSON; the form is that of {@link #write}'s output. */
public final class HistoryFiles {

  private HistoryFiles() {}

  /** Writes a whole history; {@link #read} gives it back. */
  public static void write(Path file, History history) throws IOException {
    StringWriter text = new StringWriter();
    text.append(HistoryFormat.header(history.about())).append('\n');
    history.events().forEach(event -> text.append(HistoryFormat.line(event)).append('\n'));
    Files.writeString(file, text.toString(), StandardCharsets.UTF_8);
  }

  /**
   * Reads a history.
   *
   * @throws HistoryFormatException if it is none, saying in which line
   */
  public static History read(Path file) throws IOException {
    return parse(Files.readString(file, StandardCharsets.UTF_8));
  }

  /**
   * Reads the text of a history.
   *
   * @throws HistoryFormatException if it is none, saying in which line
   */
  public static History parse(String text) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty()) {
      throw new HistoryFormatException("empty: is this a history?");
    }
    Map<String, String> about = HistoryFormat.about(lines.get(0));
    List<Event> events = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      try {
        events.add(HistoryFormat.event(lines.get(i)));
      } catch (JsonProcessingException e) {
        boolean brokenOff = i == lines.size() - 1 && !text.endsWith("\n");
        if (!brokenOff) {
          throw new HistoryFormatException("line " + (i + 1) + " is not JSON", e);
        }
      } catch (HistoryFormatException e) {
        throw new HistoryFormatException("line " + (i + 1) + ": " + e.getMessage(), e);
      }
    }
    return new History(about, events);
  }
}
