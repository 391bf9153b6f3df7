package io.holdfast.benchmarks.measure;

/**
 * One line of the report.
 *
 * @param name what was done
 * @param backend on which store
 * @param peer against whom
 * @param ours our figure
 * @param theirs the peer's
 * @param unit of both
 * @param ratio ours to theirs, turned so that larger is better for us
 * @param target what the ratio is to reach; 0 if it is told for comparison only
 */
public record Result(
    String name,
    String backend,
    String peer,
    double ours,
    double theirs,
    String unit,
    double ratio,
    double target) {

  /** Whether the ratio reaches the target. */
  public boolean met() {
    return ratio >= target;
  }
}
