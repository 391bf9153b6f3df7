package io.holdfast.cli.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Prints rows: a table for people, or, with {@code --output json}, an array of flat objects whose
 * shape is part of the interface: ISO-8601 times, durations in milliseconds with {@code _ms} at the
 * end of the name, absent values as null. Its values are exactly those in the store: what a
 * terminal could obey is escaped as JSON escapes it.
 */
public final class Listing {

  /** How to print. */
  enum Format {
    /** Columns. */
    TABLE,
    /** An array of objects. */
    JSON
  }

  private static final ObjectMapper JSON_LINE =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table or json (default: ${DEFAULT-VALUE})")
  private Format format = Format.TABLE;

  /** One line of a table, one object in JSON. */
  public static final class Row {
    private final Map<String, Object> shown = new LinkedHashMap<>();
    private final Map<String, Object> fields = new LinkedHashMap<>();

    /** In both, under the same name. */
    public Row with(String name, @Nullable Object value) {
      return shown(name, value).field(name, value);
    }

    /** In the table only. */
    public Row shown(String column, @Nullable Object value) {
      shown.put(column, value == null ? "-" : value);
      return this;
    }

    /** In JSON only. */
    @SuppressWarnings("NullAway") // an absent value becomes a JSON null
    public Row field(String name, @Nullable Object value) {
      fields.put(name, value);
      return this;
    }
  }

  @Mixin private Output output = new Output();

  /** Prints; an empty table says {@code nothing}. */
  public void print(List<Row> rows, String nothing) {
    if (format == Format.JSON) {
      output.json(json(JSON, rows.stream().map(row -> row.fields).toList()));
    } else {
      output.lines(rows.isEmpty() ? List.of(nothing) : table(rows));
    }
  }

  /**
   * Prints one of many that come one by one: a line of text for people, or an object on a line of
   * its own (JSON lines).
   */
  public void printLine(Row row, String text) {
    if (format == Format.JSON) {
      output.json(json(JSON_LINE, row.fields));
    } else {
      output.line(text);
    }
  }

  /** For what is printed beside the rows. */
  public Output output() {
    return output;
  }

  /** Everything beyond ASCII is escaped, and DEL, which Jackson leaves. */
  private static String json(ObjectMapper mapper, Object value) {
    try {
      return mapper.writeValueAsString(value).replace("\u007f", "\\u007f");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write JSON", e);
    }
  }

  private static List<String> table(List<Row> rows) {
    List<String> columns = List.copyOf(rows.get(0).shown.keySet());
    List<List<String>> cells = new ArrayList<>();
    cells.add(columns.stream().map(column -> column.toUpperCase(Locale.ROOT)).toList());
    for (Row row : rows) {
      cells.add(
          columns.stream()
              .map(column -> TerminalText.line(String.valueOf(row.shown.get(column))))
              .toList());
    }
    int[] widths = new int[columns.size()];
    for (List<String> line : cells) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    return cells.stream().map(line -> line(line, widths)).toList();
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      line.append(cells.get(i)).append(" ".repeat(widths[i] - cells.get(i).length() + 2));
    }
    return line.toString().stripTrailing();
  }

  /** A duration as people say it: {@code 340ms}, {@code 12s}, {@code 3m05s}, {@code 2h10m}. */
  public static String age(Duration age) {
    if (age.toSeconds() < 1) {
      return Math.max(0, age.toMillis()) + "ms";
    }
    if (age.toMinutes() < 1) {
      return age.toSeconds() + "s";
    }
    if (age.toHours() < 1) {
      return "%dm%02ds".formatted(age.toMinutes(), age.toSecondsPart());
    }
    return "%dh%02dm".formatted(age.toHours(), age.toMinutesPart());
  }
}
