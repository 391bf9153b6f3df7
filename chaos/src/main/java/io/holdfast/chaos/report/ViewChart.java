package io.holdfast.chaos.report;

import io.holdfast.chaos.check.Convergence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What views showed beside what was registered: a lane for each service and client. */
final class ViewChart {

  private static final double LANE = 22;
  private static final double BAR = 16;

  /** The styles of the bars, as {@link #style} chooses them. */
  static final String[] STYLES = {
    "view-same", "view-missing", "view-phantom", "view-stale", "view-emptied"
  };

  private final Map<String, Integer> lanes = new LinkedHashMap<>();
  private final List<Convergence> views;

  ViewChart(List<Convergence> views) {
    this.views = views;
    TreeSet<String> names = new TreeSet<>();
    views.forEach(each -> names.add(lane(each)));
    names.forEach(name -> lanes.put(name, lanes.size()));
  }

  private static String lane(Convergence view) {
    return view.service() + " " + LaneChart.client(view.process());
  }

  double height() {
    return Math.max(1, lanes.size()) * LANE;
  }

  void draw(Plot plot) {
    lanes.forEach((name, lane) -> plot.level(lane * LANE + BAR / 2, name));
    for (Convergence view : views) {
      double y = lanes.getOrDefault(lane(view), 0) * LANE;
      plot.bar(view.from(), view.to(), y, BAR, style(view), label(view), title(view));
    }
  }

  private static String style(Convergence view) {
    if (view.emptied()) {
      return "view-emptied";
    } else if (!view.inTouch()) {
      return "view-stale";
    } else if (!view.missing().isEmpty()) {
      return "view-missing";
    }
    return view.phantoms().isEmpty() ? "view-same" : "view-phantom";
  }

  private static String label(Convergence view) {
    String missing = view.missing().isEmpty() ? "" : "−" + view.missing().size();
    String phantoms = view.phantoms().isEmpty() ? "" : "+" + view.phantoms().size();
    return view.shown() + missing + phantoms;
  }

  private static String title(Convergence view) {
    return "%s showed %d of %s, when %d were registered; missing %s, gone %s%s"
        .formatted(
            view.process(),
            view.shown(),
            view.service(),
            view.registered(),
            view.missing(),
            view.phantoms(),
            view.inTouch() ? "" : "; out of touch");
  }
}
