package io.holdfast.payment.files;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The elements of one part of a message, by their path within the part. */
final class Fields {

  /**
   * One element that was there.
   *
   * @param line where its start tag ends
   * @param text its text without spaces around it; empty if it has elements inside
   * @param currency its attribute Ccy, or empty
   */
  record Field(long line, String text, String currency) {}

  private final String name;
  private final long line;
  private final Map<String, Field> byPath = new HashMap<>();

  Fields(String name, long line) {
    this.name = name;
    this.line = line;
  }

  /** Where the part begins. */
  long line() {
    return line;
  }

  /** The element's name. */
  String name() {
    return name;
  }

  /** Keeps the first of several. False if there was one. */
  boolean put(String path, Field field) {
    return byPath.putIfAbsent(path, field) == null;
  }

  Optional<Field> get(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  /** The text, or empty. */
  String text(String path) {
    Field field = byPath.get(path);
    return field == null ? "" : field.text;
  }

  /** The element, which is a fault if it is missing or empty, or longer than {@code longest}. */
  Optional<Field> required(String path, int longest, Faults faults) {
    Field field = byPath.get(path);
    if (field == null) {
      faults.add(line, Fault.Reason.FORMAT, path + " is missing in " + name);
      return Optional.empty();
    }
    if (field.text.isEmpty() || field.text.length() > longest) {
      faults.add(
          field, Fault.Reason.FORMAT, "%s must be 1 to %d characters".formatted(path, longest));
      return Optional.empty();
    }
    return Optional.of(field);
  }

  /** An element with elements inside, which is a fault if it is missing. */
  void requirePart(String path, Faults faults) {
    if (!byPath.containsKey(path)) {
      faults.add(line, Fault.Reason.FORMAT, path + " is missing in " + name);
    }
  }
}
