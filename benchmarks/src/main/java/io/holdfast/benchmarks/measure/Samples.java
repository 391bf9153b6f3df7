package io.holdfast.benchmarks.measure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Times that were measured, in microseconds. */
public final class Samples {

  private final List<Double> micros = new ArrayList<>();

  /** One more. */
  public void addNanos(long nanos) {
    micros.add(nanos / 1e3);
  }

  /** How many. */
  public int size() {
    return micros.size();
  }

  /** Forgets all. */
  public void clear() {
    micros.clear();
  }

  /** The value that this part of the samples does not exceed. */
  public double percentile(double part) {
    List<Double> sorted = new ArrayList<>(micros);
    Collections.sort(sorted);
    return sorted.get((int) Math.ceil(part * sorted.size()) - 1);
  }
}
