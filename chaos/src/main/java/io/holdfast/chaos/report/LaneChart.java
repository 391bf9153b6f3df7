package io.holdfast.chaos.report;

import io.holdfast.chaos.check.Holding;
import io.holdfast.chaos.check.Overlap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who held which lock: a lane for each lock and client, zombies in red. */
final class LaneChart {

  private static final double LANE = 15;
  private static final double BAR = 11;

  /** A token's text: generation, then revision, then hand-over, 8, 16 and 8 hexadecimal digits. */
  private static final Pattern TOKEN =
      Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-([0-9a-f]{4})0*([0-9a-f]*)");

  private final Map<String, Integer> lanes = new LinkedHashMap<>();
  private final List<Holding> holdings;
  private final List<Overlap> overlaps;

  /** Of what happened in {@code shown}. */
  LaneChart(List<Holding> holdings, List<Overlap> overlaps, Plot.Span shown) {
    this.holdings =
        holdings.stream().filter(each -> shown.touches(each.granted(), each.believed())).toList();
    this.overlaps =
        overlaps.stream().filter(each -> shown.touches(each.from(), each.to())).toList();
    TreeSet<String> names = new TreeSet<>();
    this.holdings.forEach(each -> names.add(lane(each)));
    names.forEach(name -> lanes.put(name, lanes.size()));
  }

  private static String lane(Holding holding) {
    return holding.lock() + " " + client(holding.process());
  }

  /** A client's processes, one after the other, share a lane. */
  static String client(String process) {
    int dot = process.indexOf('.');
    return dot < 0 ? process : process.substring(0, dot);
  }

  double height() {
    return Math.max(1, lanes.size()) * LANE;
  }

  void draw(Plot plot) {
    lanes.forEach((name, lane) -> plot.level(lane * LANE + BAR / 2, name));
    holdings.forEach(holding -> draw(plot, holding));
    for (Overlap overlap : overlaps) {
      String title =
          "%s believed to hold %s for %d ms while %s held it; %d ms proven twice"
              .formatted(
                  overlap.earlier().process(),
                  overlap.earlier().lock(),
                  overlap.length().toMillis(),
                  overlap.later().process(),
                  overlap.proven().toMillis());
      String style = overlap.proven().isZero() ? "zombie" : "broken";
      plot.bar(overlap.from(), overlap.to(), y(overlap.earlier()), BAR, style, "", title);
    }
  }

  private void draw(Plot plot, Holding holding) {
    String title =
        "%s held %s (%s) with token %s; %s"
            .formatted(
                holding.process(),
                holding.lock(),
                holding.mode(),
                holding.token(),
                switch (holding.end()) {
                  case RELEASED -> "released";
                  case LOST -> "lost";
                  case DIED -> "the process died";
                });
    double y = y(holding);
    String style = "held-" + holding.end().name().toLowerCase(Locale.ROOT);
    plot.bar(holding.granted(), holding.proven(), y, BAR, style, shortened(holding), title);
    if (holding.believed() > holding.proven()) {
      plot.bar(holding.proven(), holding.believed(), y, BAR, "unproven", "", title);
    }
  }

  private double y(Holding holding) {
    return lanes.getOrDefault(lane(holding), 0) * LANE;
  }

  /** Of a token what changes: the end of its revision, and its hand-over unless it is the first. */
  private static String shortened(Holding holding) {
    Matcher token = TOKEN.matcher(holding.token());
    if (!token.matches()) {
      return holding.token();
    }
    return "…" + token.group(1) + (token.group(2).isEmpty() ? "" : "+" + token.group(2));
  }
}
