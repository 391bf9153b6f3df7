package io.holdfast.chaos.history;

import java.util.Map;

/**
 * An operation from its call to its return.
 *
 * @param id tells it from all others
 * @param process who did it
 * @param key what it was on
 * @param action what was done
 * @param input what was asked
 * @param output what was answered; empty unless it {@link #completed}
 * @param call when it was called
 * @param end when it returned, or {@link #NEVER}: then it may take effect at any time after its
 *     call, or not at all
 */
public record Operation(
    String id,
    String process,
    String key,
    String action,
    Map<String, String> input,
    Map<String, String> output,
    long call,
    long end) {

  /** The end of what nobody saw return. */
  public static final long NEVER = Long.MAX_VALUE;

  public Operation {
    input = Map.copyOf(input);
    output = Map.copyOf(output);
    if (end < call) {
      throw new IllegalArgumentException("operation " + id + " returns before it is called");
    }
  }

  /** True if its answer is known. */
  public boolean completed() {
    return end != NEVER;
  }

  /** The first segment of its key. */
  public String kind() {
    int slash = key.indexOf('/');
    return slash < 0 ? key : key.substring(0, slash);
  }

  /**
   * A part of what was asked.
   *
   * @throws HistoryFormatException if it is not there
   */
  public String asked(String name) {
    return require(input, name);
  }

  /**
   * A part of what was answered.
   *
   * @throws HistoryFormatException if it is not there
   */
  public String answered(String name) {
    return require(output, name);
  }

  private String require(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new HistoryFormatException(
          "operation %s (%s of %s) says nothing of '%s'".formatted(id, action, key, name));
    }
    return value;
  }

  @Override
  public String toString() {
    return "%s %s %s%s -> %s".formatted(process, action, key, input, completed() ? output : "?");
  }
}
