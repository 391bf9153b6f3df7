package io.holdfast.payment.trace;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Of which trace something is a part, as W3C Trace Context has it.
 *
 * @param traceId 32 hexadecimal digits in lower case, not all zero
 * @param spanId 16 of them
 * @param sampled whether whoever began it records it
 */
public record TraceContext(String traceId, String spanId, boolean sampled) {

  /** The header. */
  public static final String HEADER = "traceparent";

  private static final int MOST_LISTED = 50;

  private static final Pattern FORM =
      Pattern.compile("00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})");

  private static final HexFormat HEX = HexFormat.of();

  /**
   * The context that came with a request.
   *
   * @param headers all of that name; more than one, or one that is not of version 00, is none
   */
  public static Optional<TraceContext> of(List<String> headers) {
    if (headers.size() != 1) {
      return Optional.empty();
    }
    Matcher matcher = FORM.matcher(headers.get(0));
    return matcher.matches()
        ? Optional.of(
            new TraceContext(
                matcher.group(1),
                matcher.group(2),
                (Integer.parseInt(matcher.group(3), 16) & 1) == 1))
        : Optional.empty();
  }

  /**
   * Several contexts in one header, those that are recorded, as far as there is room; if none is,
   * one that says so.
   *
   * @param headers not empty
   */
  public static String list(List<String> headers) {
    List<String> recorded =
        headers.stream()
            .filter(each -> of(List.of(each)).filter(TraceContext::sampled).isPresent())
            .limit(MOST_LISTED)
            .toList();
    return recorded.isEmpty() ? headers.get(0) : String.join(",", recorded);
  }

  static TraceContext begin(boolean sampled) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    // Or-ed, for all zero is no id; nothing depends on how random the last bit is.
    return new TraceContext(
        HEX.toHexDigits(random.nextLong()) + HEX.toHexDigits(random.nextLong() | 1),
        newSpanId(),
        sampled);
  }

  static String newSpanId() {
    return HEX.toHexDigits(ThreadLocalRandom.current().nextLong() | 1);
  }

  TraceContext child() {
    return new TraceContext(traceId, newSpanId(), sampled);
  }

  /** What goes with a request to others. */
  public String header() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }
}
