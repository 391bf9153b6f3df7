package io.holdfast.loadbalancer.recording;

import io.holdfast.loadbalancer.RequestOutcome;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A recording beside its {@link Replay}.
 *
 * @param policy that was tried
 * @param recorded what was
 * @param replayed what would have been, as far as the recording can tell
 */
public record Comparison(String policy, Tally recorded, Tally replayed) {

  /**
   * What the requests amount to.
   *
   * @param requests how many each instance had, by id
   * @param successes that ended so; those abandoned are in {@code requests} only
   * @param failures that ended so
   * @param mean latency of those that succeeded or failed
   * @param median latency of those
   * @param p99 latency that one in a hundred of those exceeds
   * @param unplaced requests for which there was no instance
   * @param guessed requests sent to an instance of which the recording knows nothing
   */
  public record Tally(
      Map<String, Long> requests,
      long successes,
      long failures,
      Duration mean,
      Duration median,
      Duration p99,
      long unplaced,
      long guessed) {

    public Tally {
      requests = Collections.unmodifiableMap(new TreeMap<>(requests));
    }

    static Tally of(List<Recording.Request> requests, long unplaced, long guessed) {
      Map<String, Long> byInstance = new TreeMap<>();
      requests.forEach(request -> byInstance.merge(request.instance(), 1L, Long::sum));
      long[] latencies =
          requests.stream()
              .filter(request -> request.outcome() != RequestOutcome.ABANDONED)
              .mapToLong(Recording.Request::latencyMicros)
              .sorted()
              .toArray();
      long sum = 0;
      for (long latency : latencies) {
        sum += latency;
      }
      return new Tally(
          byInstance,
          count(requests, RequestOutcome.SUCCESS),
          count(requests, RequestOutcome.FAILURE),
          micros(latencies.length == 0 ? 0 : sum / latencies.length),
          micros(quantile(latencies, 0.5)),
          micros(quantile(latencies, 0.99)),
          unplaced,
          guessed);
    }

    private static long count(List<Recording.Request> requests, RequestOutcome outcome) {
      return requests.stream().filter(request -> request.outcome() == outcome).count();
    }

    private static Duration micros(long micros) {
      return Duration.ofNanos(micros * 1_000);
    }

    private static long quantile(long[] sorted, double part) {
      return sorted.length == 0
          ? 0
          : sorted[Math.min(sorted.length - 1, (int) (part * sorted.length))];
    }

    /** The part of the requests that succeeded, of those that succeeded, failed or had nowhere. */
    public double successRate() {
      long all = successes + failures + unplaced;
      return all == 0 ? 1 : (double) successes / all;
    }
  }

  /** A table for people. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    line(text, "", "recorded", policy);
    line(text, "success", percent(recorded.successRate()), percent(replayed.successRate()));
    line(text, "mean", millis(recorded.mean()), millis(replayed.mean()));
    line(text, "median", millis(recorded.median()), millis(replayed.median()));
    line(text, "p99", millis(recorded.p99()), millis(replayed.p99()));
    line(text, "without instance", recorded.unplaced(), replayed.unplaced());
    line(text, "guessed", recorded.guessed(), replayed.guessed());
    SortedSet<String> ids = new TreeSet<>(recorded.requests().keySet());
    ids.addAll(replayed.requests().keySet());
    for (String id : ids) {
      line(
          text,
          id,
          recorded.requests().getOrDefault(id, 0L),
          replayed.requests().getOrDefault(id, 0L));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, Object left, Object right) {
    text.append(String.format(Locale.ROOT, "%-32s %16s %16s%n", name, left, right));
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * part);
  }

  private static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.3f ms", Durations.nanos(duration) / 1e6);
  }
}
