package io.holdfast.cli.console;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Durations as people type them: {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}; ISO 8601 too.
 */
public final class DurationConverter implements ITypeConverter<Duration> {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,12})(ms|s|m|h)");

  @Override
  public Duration convert(String text) {
    Matcher simple = FORM.matcher(text);
    try {
      Duration duration = simple.matches() ? simple(simple) : Duration.parse(text);
      if (!duration.isNegative()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // falls through to the one message for all that is wrong
    }
    throw new TypeConversionException(
        "'" + text + "' is not a duration; write 500ms, 10s, 2m or 1h");
  }

  private static Duration simple(Matcher parts) {
    long amount = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }
}
