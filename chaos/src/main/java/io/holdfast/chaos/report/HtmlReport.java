package io.holdfast.chaos.report;

import io.holdfast.chaos.ChaosResult;
import io.holdfast.chaos.RecoveryQuantiles;
import io.holdfast.chaos.check.Convergence;
import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.check.Holding;
import io.holdfast.chaos.check.Holdings;
import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.report.Plot.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A run as one HTML file with its pictures in it: nothing is fetched when it is opened.
 *
 * <p>Pictures are as Jepsen draws them, with the time of faults shaded: latency by outcome,
 * quantiles, throughput; what views of the registry showed beside what was registered; and around
 * each fault, who held which lock, zombies in red.
 */
public final class HtmlReport {

  private static final double TALL = 260;
  private static final long BEFORE = Duration.ofMillis(500).toNanos();
  private static final long AFTER = Duration.ofSeconds(2).toNanos();

  private final ChaosResult result;
  private final List<Call> calls;
  private final List<Holding> holdings;
  private final Span whole;
  private final Markup page = new Markup();

  private HtmlReport(ChaosResult result) {
    this.result = result;
    this.calls = Call.of(result.history());
    this.holdings = Holdings.of(result.history());
    List<Event> events = result.history().events();
    long first = events.isEmpty() ? 0 : events.get(0).nanos();
    long last = events.isEmpty() ? 0 : events.get(events.size() - 1).nanos();
    this.whole = new Span(first, Math.max(first + 1, last));
  }

  /** The file's text: HTML that is XML too. */
  public static String of(ChaosResult result) {
    HtmlReport report = new HtmlReport(result);
    report.head();
    report.faults();
    report.pictures();
    report.views();
    report.lanes();
    return report.page.raw("</body></html>").toString();
  }

  private void head() {
    String title = "Chaos run: " + result.check().result();
    page.raw("<!DOCTYPE html>")
        .raw("<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head>")
        .raw("<meta charset=\"utf-8\"/>")
        .element("title", title)
        .element("style", styleSheet())
        .raw("</head><body>")
        .element("h1", title)
        .raw("<table id=\"run\">");
    new TreeMap<>(result.history().about()).forEach((name, value) -> page.row("td", name, value));
    page.row("td", "operations checked", result.check().operations())
        .row("td", "faults injected", result.faultOutcomes().size())
        .row(
            "td",
            "faults that bit",
            result.faultOutcomes().stream().filter(FaultOutcome::bitten).count())
        .row("td", "refused by a fence", result.check().fenced())
        .row("td", "zombie overlaps", result.overlaps().size())
        .row("td", "proven by two at once", result.provenTwice().toMillis() + " ms")
        .raw("</table>");
    result
        .check()
        .verdicts()
        .forEach(
            (key, verdict) -> {
              if (verdict.result() != HistoryCheck.Result.VALID) {
                page.element("pre", key + ": " + verdict);
              }
            });
  }

  private void faults() {
    page.element("h2", "Faults, and recovery from them in session time-outs")
        .raw("<table id=\"faults\">")
        .row("th", "fault", "what", "from", "to", "bit", "p50", "p99", "max", "no leader", "locks");
    Map<String, RecoveryQuantiles> recovery = result.recovery();
    for (FaultOutcome faultOutcome : result.faultOutcomes()) {
      RecoveryQuantiles from = recovery.get(faultOutcome.fault());
      page.row(
          "td",
          faultOutcome.fault(),
          faultOutcome.effect(),
          seconds(faultOutcome.injected()),
          seconds(faultOutcome.healed()),
          faultOutcome.bitten() ? "yes" : "NO",
          from == null ? "–" : "%.2f".formatted(from.took().p50()),
          from == null ? "–" : "%.2f".formatted(from.took().p99()),
          from == null ? "–" : "%.2f".formatted(from.took().max()),
          from == null ? "–" : "%.2f".formatted(from.leaderless().max()),
          from == null ? 0 : from.took().count());
    }
    result.skipped().forEach((fault, why) -> page.row("td", fault, "SKIPPED: " + why));
    page.raw("</table>");
  }

  private String seconds(long nanos) {
    return Markup.number((nanos - whole.from()) / 1e9) + " s";
  }

  private void pictures() {
    page.element("h2", "Latency by outcome").raw(legend("ok", "failed", "fenced", "unknown"));
    Plot points = plot(whole, TALL);
    LatencyChart.points(points, calls);
    int drawn = LatencyChart.thinned(calls).size();
    page.raw(points.svg())
        .element("p", "%d points for %d calls.".formatted(drawn, calls.size()))
        .element("h2", "Latency of '%s', quantiles".formatted(measured()))
        .raw(legend("q50", "q95", "q99", "q100"));
    Plot quantiles = plot(whole, TALL);
    LatencyChart.quantiles(
        quantiles, calls.stream().filter(call -> call.action().equals(measured())).toList(), whole);
    page.raw(quantiles.svg())
        .element("h2", "Throughput by outcome")
        .raw(legend("line-ok", "line-failed", "line-fenced", "line-unknown"));
    Plot throughput = plot(whole, TALL);
    ThroughputChart.draw(throughput, calls, whole);
    page.raw(throughput.svg());
  }

  /** What clients wait for: an acquisition or, where there are no locks, a payment. */
  private String measured() {
    return holdings.isEmpty() ? "pay" : "acquire";
  }

  private void views() {
    List<Convergence> views = Convergence.of(result.history());
    if (views.isEmpty()) {
      return;
    }
    ViewChart chart = new ViewChart(views);
    Plot plot = plot(whole, chart.height());
    chart.draw(plot);
    page.element("h2", "What each view of the registry showed")
        .element(
            "p",
            "Instances shown, −those missing, +those that had gone;"
                + " stale is a view that knows itself out of touch.")
        .raw(legend(ViewChart.STYLES))
        .raw(plot.svg());
  }

  private void lanes() {
    if (holdings.isEmpty()) {
      return;
    }
    page.element("h2", "Who held which lock, around each fault")
        .raw(legend("held-released", "held-lost", "held-died", "unproven", "zombie", "broken"));
    for (FaultOutcome faultOutcome : result.faultOutcomes()) {
      Span around = new Span(faultOutcome.injected() - BEFORE, faultOutcome.healed() + AFTER);
      LaneChart lanes = new LaneChart(holdings, result.overlaps(), around);
      Plot plot = plot(around, lanes.height());
      lanes.draw(plot);
      page.element("h3", faultOutcome.fault() + ": " + faultOutcome.what()).raw(plot.svg());
    }
  }

  private Plot plot(Span shown, double height) {
    return new Plot(whole.from(), shown, height, result.faultOutcomes());
  }

  private static String legend(String... styles) {
    StringBuilder legend = new StringBuilder("<p class=\"legend\">");
    for (String style : styles) {
      String name = style.replaceFirst("^(line|held|view)-", "").replaceFirst("^q", "p");
      legend.append(
          "<svg class=\"key\" viewBox=\"0 0 10 10\"><rect class=\"%s\" width=\"10\" height=\"10\"/></svg> %s "
              .formatted(style, name.equals("p100") ? "max" : name));
    }
    return legend.append("</p>").toString();
  }

  private static String styleSheet() {
    try (InputStream in =
        Objects.requireNonNull(HtmlReport.class.getResourceAsStream("report.css"), "report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
