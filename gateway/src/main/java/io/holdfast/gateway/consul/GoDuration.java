package io.holdfast.gateway.consul;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go programs write them: {@code 90s}, {@code 1m30s}, {@code 1.5h}, {@code 300ms}. */
final class GoDuration {

  private static final Pattern PART =
      Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ns|us|ms|s|m|h)");
  private static final Pattern WHOLE = Pattern.compile("(?:" + PART.pattern() + "){1,6}");
  private static final double SECOND = 1e9;
  private static final Map<String, Double> NANOS =
      Map.of("ns", 1.0, "us", 1e3, "ms", 1e6, "s", SECOND, "m", 60 * SECOND, "h", 3_600 * SECOND);

  /** Longer than anything that is waited for here. */
  private static final double MOST = 1e17;

  private GoDuration() {}

  /** Empty if it is not one. */
  static Optional<Duration> parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      return Optional.empty();
    }
    double nanos = 0;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      nanos += Double.parseDouble(part.group(1)) * NANOS.getOrDefault(part.group(2), 0.0);
    }
    return Optional.of(Duration.ofNanos((long) Math.min(nanos, MOST)));
  }
}
