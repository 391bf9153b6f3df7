package io.holdfast.gateway.dns;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A name of the DNS in lower case, for which letters of either case are the same.
 *
 * @param labels from the left; each of 1 to 63 visible ASCII characters without a dot
 */
record DomainName(List<String> labels) {

  private static final int LONGEST_LABEL = 63;
  private static final int LONGEST_NAME = 255;

  DomainName {
    labels = List.copyOf(labels);
    int length = 1;
    for (String label : labels) {
      if (!isLabel(label)) {
        throw new IllegalArgumentException("not a label of a domain name");
      }
      length += 1 + label.length();
    }
    if (length > LONGEST_NAME) {
      throw new IllegalArgumentException("a domain name has at most 253 characters");
    }
  }

  /**
   * Reads the text form, with or without a dot at the end.
   *
   * @throws IllegalArgumentException if it is not a name
   */
  static DomainName of(String text) {
    String bare = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    if (bare.isEmpty()) {
      throw new IllegalArgumentException("a domain name has a label at least");
    }
    return new DomainName(List.of(bare.toLowerCase(Locale.ROOT).split("\\.", -1)));
  }

  /** True if {@code text} can stand in a domain name. */
  static boolean isName(String text) {
    String bare = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    return bare.length() < LONGEST_NAME - 1
        && List.of(bare.toLowerCase(Locale.ROOT).split("\\.", -1)).stream()
            .allMatch(DomainName::isLabel);
  }

  private static boolean isLabel(String label) {
    if (label.isEmpty() || label.length() > LONGEST_LABEL) {
      return false;
    }
    for (int i = 0; i < label.length(); i++) {
      char c = label.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '.' || (c >= 'A' && c <= 'Z')) {
        return false;
      }
    }
    return true;
  }

  /** True if it is {@code zone} or below it. */
  boolean isWithin(DomainName zone) {
    int above = labels.size() - zone.labels.size();
    return above >= 0 && labels.subList(above, labels.size()).equals(zone.labels);
  }

  /** The labels to the left of {@code zone}, which it must be within. */
  List<String> below(DomainName zone) {
    return labels.subList(0, labels.size() - zone.labels.size());
  }

  /** The name with more labels to its left, each part split at its dots. */
  DomainName under(String... parts) {
    List<String> longer = new ArrayList<>();
    for (String part : parts) {
      longer.addAll(List.of(part.toLowerCase(Locale.ROOT).split("\\.", -1)));
    }
    longer.addAll(labels);
    return new DomainName(longer);
  }

  /** As on the wire, uncompressed. */
  byte[] wire() {
    byte[] bytes = new byte[1 + labels.stream().mapToInt(label -> label.length() + 1).sum()];
    int at = 0;
    for (String label : labels) {
      bytes[at] = (byte) label.length();
      byte[] text = label.getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(text, 0, bytes, at + 1, text.length);
      at += 1 + text.length;
    }
    return bytes;
  }

  @Override
  public String toString() {
    return String.join(".", labels) + ".";
  }
}
