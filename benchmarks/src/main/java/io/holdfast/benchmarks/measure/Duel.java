package io.holdfast.benchmarks.measure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Compares how often a second two contestants do the same work, in turns.
 *
 * <p>Machines drift; so the two take short turns, A B B A, and what counts is the median over the
 * turns' ratios, each of two turns that lie side by side.
 */
public final class Duel {

  /** Work that can be done for a while. */
  @FunctionalInterface
  public interface Work {
    /** Does it for about {@code duration}, and tells how often a second. */
    double perSecond(Duration duration) throws Exception;
  }

  /** Work, once. */
  @FunctionalInterface
  public interface Once {
    /** Does it. */
    void run() throws Exception;
  }

  /**
   * Medians over the rounds.
   *
   * @param ours operations a second
   * @param theirs operations a second
   * @param ratio ours to theirs, the median of the rounds' ratios
   */
  public record Outcome(double ours, double theirs, double ratio) {}

  private final Duration warmUp;
  private final Duration turn;
  private final int rounds;

  /**
   * A comparison of so many rounds.
   *
   * @param warmUp of each side, once
   * @param turn that each side has in a round
   */
  public Duel(Duration warmUp, Duration turn, int rounds) {
    this.warmUp = warmUp;
    this.turn = turn;
    this.rounds = rounds;
  }

  /** Lets both do their work, by turns. */
  public Outcome fight(Work ours, Work theirs) throws Exception {
    ours.perSecond(warmUp);
    theirs.perSecond(warmUp);
    List<Double> oursPerSecond = new ArrayList<>();
    List<Double> theirsPerSecond = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      double first = (round % 2 == 0 ? ours : theirs).perSecond(turn);
      double second = (round % 2 == 0 ? theirs : ours).perSecond(turn);
      double we = round % 2 == 0 ? first : second;
      double they = round % 2 == 0 ? second : first;
      oursPerSecond.add(we);
      theirsPerSecond.add(they);
      ratios.add(we / they);
    }
    return new Outcome(median(oursPerSecond), median(theirsPerSecond), median(ratios));
  }

  /** The work of one thread, which does {@code once} again and again. */
  public static Work alone(Once once) {
    return duration -> {
      long start = System.nanoTime();
      long done = 0;
      long now;
      do {
        once.run();
        done++;
        now = System.nanoTime();
      } while (now - start < duration.toNanos());
      return done * 1e9 / (now - start);
    };
  }

  /** The middle of some values, of which there is at least one. */
  public static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
