package io.holdfast.chaos.report;

import static io.holdfast.chaos.report.Markup.escape;
import static io.holdfast.chaos.report.Markup.number;

import io.holdfast.chaos.fault.FaultOutcome;
import java.util.List;
import java.util.Locale;

/**
 * A picture over time: an axis in seconds, shaded while a fault was on, on which charts draw.
 *
 * <p>Vertical places are in pixels from the top of the drawing area, {@link #height} at its bottom.
 */
final class Plot {

  private static final double LEFT = 130;
  private static final double WIDTH = 1_080;
  private static final double TOP = 18;
  private static final double BELOW = 26;
  private static final double NANOS = 1e9;

  /** The width of a letter in the name of a fault. */
  private static final double NAME = 5;

  private final long start;
  private final Span shown;
  private final double height;
  private final boolean isCrowded;
  private final StringBuilder body = new StringBuilder();

  /** A stretch of time on the history's clock. */
  record Span(long from, long to) {
    Span {
      if (to <= from) {
        throw new IllegalArgumentException("no time from " + from + " to " + to);
      }
    }

    boolean touches(long begin, long end) {
      return begin <= to && end >= from;
    }
  }

  /**
   * An empty picture.
   *
   * @param start the moment that the axis calls 0
   */
  Plot(long start, Span shown, double height, List<FaultOutcome> faultOutcomes) {
    this.start = start;
    this.shown = shown;
    this.height = height;
    List<FaultOutcome> seen =
        faultOutcomes.stream()
            .filter(faultOutcome -> shown.touches(faultOutcome.injected(), faultOutcome.healed()))
            .toList();
    this.isCrowded = seen.size() > 1;
    seen.forEach(this::shade);
    axis();
  }

  double height() {
    return height;
  }

  private double x(long nanos) {
    double share = (double) (nanos - shown.from()) / (shown.to() - shown.from());
    return LEFT + WIDTH * Math.min(1, Math.max(0, share));
  }

  private void shade(FaultOutcome faultOutcome) {
    double from = x(faultOutcome.injected());
    double to = x(faultOutcome.healed());
    body.append(
        """
        <rect class="fault" x="%s" y="%s" width="%s" height="%s"><title>%s: %s</title></rect>
        """
            .formatted(
                number(from),
                number(TOP),
                number(to - from),
                number(height),
                escape(faultOutcome.fault()),
                escape(faultOutcome.effect())));
    name(faultOutcome.fault(), from, to - from);
  }

  /** Above what is shaded, or downwards within it, or nowhere, so that names never overlap. */
  private void name(String fault, double x, double width) {
    double length = NAME * fault.length();
    if (length <= width || (!isCrowded && length <= LEFT + WIDTH - x)) {
      named(fault, x + 2, TOP - 4, "");
    } else if (width >= NAME && length <= height) {
      double middle = x + width / 2 - 2;
      named(
          fault,
          middle,
          TOP + 4,
          " transform=\"rotate(90 %s %s)\"".formatted(number(middle), number(TOP + 4)));
    }
  }

  private void named(String fault, double x, double y, String turned) {
    body.append(
        "<text class=\"fault-name\" x=\"%s\" y=\"%s\"%s>%s</text>\n"
            .formatted(number(x), number(y), turned, escape(fault)));
  }

  private void axis() {
    double seconds = (shown.to() - shown.from()) / NANOS;
    double step = step(seconds);
    double first = Math.ceil((shown.from() - start) / NANOS / step) * step;
    for (double at = first; at <= (shown.to() - start) / NANOS; at += step) {
      double x = x(start + (long) (at * NANOS));
      line(x, 0, x, height, "grid");
      String label = String.format(Locale.ROOT, step < 1 ? "%.1f s" : "%.0f s", at);
      text(x, height + 16, "tick", label);
    }
    line(LEFT, height, LEFT + WIDTH, height, "axis");
  }

  /** About ten ticks, at round figures. */
  private static double step(double seconds) {
    double rough = seconds / 10;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double digit = rough / power;
    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
  }

  /** A word at the left of height {@code y}, with a line across. */
  void level(double y, String label) {
    line(LEFT, y, LEFT + WIDTH, y, "grid");
    text(LEFT - 6, y + 4, "level", label);
  }

  /** A point with what it says when pointed at. */
  void dot(long nanos, double y, String style) {
    body.append(
        "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"1.6\"/>\n"
            .formatted(style, number(x(nanos)), number(TOP + y)));
  }

  /** A bar; {@code label} is written into it if it has the room, {@code title} seen on pointing. */
  void bar(long from, long to, double y, double tall, String style, String label, String title) {
    double x = x(from);
    double width = Math.max(0.5, x(to) - x);
    body.append(
        "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"><title>%s</title></rect>\n"
            .formatted(
                style, number(x), number(TOP + y), number(width), number(tall), escape(title)));
    if (!label.isEmpty() && width > 6.0 * label.length()) {
      text(x + 2, y + tall - 3, "token", label);
    }
  }

  /** A line through points; {@code ys} are those of {@code times}. */
  void curve(List<Long> times, List<Double> ys, String style) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < times.size(); i++) {
      points.append(number(x(times.get(i)))).append(',').append(number(TOP + ys.get(i)));
      points.append(' ');
    }
    body.append("<polyline class=\"%s\" points=\"%s\"/>\n".formatted(style, points));
  }

  private void line(double x1, double y1, double x2, double y2, String style) {
    body.append(
        "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n"
            .formatted(style, number(x1), number(TOP + y1), number(x2), number(TOP + y2)));
  }

  private void text(double x, double y, String style, String label) {
    body.append(
        "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n"
            .formatted(style, number(x), number(TOP + y), escape(label)));
  }

  /** The picture. */
  String svg() {
    String wide = number(LEFT + WIDTH + 20);
    String tall = number(TOP + height + BELOW);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %s %s\">%n%s</svg>%n"
        .formatted(wide, tall, body);
  }
}
