package io.holdfast.registry.internal.format;

import io.holdfast.registry.ServiceInstance;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What a {@link ServiceInstance} may hold. Every check throws IllegalArgumentException. */
public final class InstanceLimits {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
  private static final Pattern LABEL = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._+-]{0,127})?");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9:][A-Za-z0-9.:%_-]{0,252}");
  private static final int MOST_PORTS = 16;
  private static final int HIGHEST_PORT = 65_535;
  private static final int HIGHEST_WEIGHT = ServiceInstance.HIGHEST_WEIGHT;
  private static final int MOST_TAGS = 64;
  private static final int MOST_METADATA = 64;
  private static final int LONGEST_VALUE = 4_096;
  private static final int LONGEST_METADATA = 32_768;

  private InstanceLimits() {}

  public static String name(String what, String text) {
    check(
        isName(text),
        "a " + what + " is a letter or digit, then up to 127 of A-Z a-z 0-9 . _ -",
        text);
    return text;
  }

  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  public static void id(String text) {
    check(
        ID.matcher(text).matches(),
        "an id is a letter or digit, then up to 127 of A-Z a-z 0-9 . _ : -",
        text);
  }

  public static void label(String what, String text) {
    check(
        LABEL.matcher(text).matches(),
        "a " + what + " is empty, or a letter or digit, then up to 127 of A-Z a-z 0-9 . _ + -",
        text);
  }

  public static void host(String text) {
    check(
        HOST.matcher(text).matches(),
        "a host is a name or an address of up to 253 characters, IPv6 without brackets",
        text);
  }

  public static void ports(Map<String, Integer> ports) {
    check(ports.size() <= MOST_PORTS, "at most " + MOST_PORTS + " ports", ports.size());
    ports.forEach(
        (name, port) -> {
          name("port name", name);
          check(port >= 1 && port <= HIGHEST_PORT, "a port is 1 to " + HIGHEST_PORT, port);
        });
  }

  public static void weight(int weight) {
    check(weight >= 0 && weight <= HIGHEST_WEIGHT, "a weight is 0 to " + HIGHEST_WEIGHT, weight);
  }

  public static void tags(Set<String> tags) {
    check(tags.size() <= MOST_TAGS, "at most " + MOST_TAGS + " tags", tags.size());
    tags.forEach(tag -> name("tag", tag));
  }

  public static void metadata(Map<String, String> metadata) {
    check(
        metadata.size() <= MOST_METADATA,
        "at most " + MOST_METADATA + " entries of metadata",
        metadata.size());
    int total = 0;
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      name("metadata key", entry.getKey());
      int length = entry.getValue().length();
      check(
          length <= LONGEST_VALUE,
          "metadata values have at most " + LONGEST_VALUE + " characters",
          entry.getKey());
      total += entry.getKey().length() + length;
    }
    check(
        total <= LONGEST_METADATA,
        "metadata has at most " + LONGEST_METADATA + " characters altogether",
        total);
  }

  private static void check(boolean holds, String rule, Object given) {
    if (!holds) {
      String text = String.valueOf(given);
      throw new IllegalArgumentException(
          rule
              + ": '"
              + (text.length() > 128 ? text.substring(0, 128) + "..." : text)
                  .replaceAll("[^ -~]", "?")
              + "'");
    }
  }
}
