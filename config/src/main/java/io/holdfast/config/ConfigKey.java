package io.holdfast.config;

import io.holdfast.coordination.Key;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The name of one setting.
 *
 * @param group the settings that are viewed together, such as {@code orders} or {@code
 *     orders.prod}: 1 to 100 letters, digits, {@code . _ -}, and the first is a letter or digit
 * @param name such as {@code http.timeout} or {@code hosts[0]}: 1 to 200 letters, digits, {@code .
 *     _ - [ ]}, and the first is a letter or digit
 */
public record ConfigKey(String group, String name) implements Comparable<ConfigKey> {

  private static final Pattern GROUP = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._\\[\\]-]{0,199}");
  private static final Key ROOT = Key.of("config");
  private static final String CURRENT = "current";
  private static final String HISTORY = "history";

  /** Checks both. */
  public ConfigKey {
    checkGroup(group);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "not the name of a setting (letters, digits and . _ - [ ], at most 200): '"
              + printable(name)
              + "'");
    }
  }

  /**
   * Reads {@code group/name}.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ConfigKey parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "not a setting, such as orders/http.timeout: '" + printable(text) + "'");
    }
    return new ConfigKey(text.substring(0, slash), text.substring(slash + 1));
  }

  static String checkGroup(String group) {
    if (!GROUP.matcher(group).matches()) {
      throw new IllegalArgumentException(
          "not the name of a group (letters, digits and . _ -, at most 100): '"
              + printable(group)
              + "'");
    }
    return group;
  }

  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** The directory of what is in force. */
  static Key current(String group) {
    return ROOT.child(checkGroup(group)).child(CURRENT);
  }

  /** The directory of groups. */
  static Key groups() {
    return ROOT;
  }

  Key current() {
    return current(group).child(name);
  }

  /** The directory of the versions that are kept. */
  Key history() {
    return ROOT.child(group).child(HISTORY).child(name);
  }

  /** A version's place in the history; the names sort as the numbers do. */
  Key history(long version) {
    return history().child(String.format(Locale.ROOT, "%012d", version));
  }

  private static String printable(String text) {
    String shown = text.length() > 80 ? text.substring(0, 80) + "..." : text;
    return shown.replaceAll("[^ -~]", "?");
  }

  @Override
  public int compareTo(ConfigKey other) {
    int byGroup = group.compareTo(other.group);
    return byGroup != 0 ? byGroup : name.compareTo(other.name);
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return group + "/" + name;
  }
}
