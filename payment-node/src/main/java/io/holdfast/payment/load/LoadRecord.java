package io.holdfast.payment.load;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/** The live numbers of a load. Thread-safe. */
final class LoadRecord {

  private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(10);

  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder unknownResolved = new LongAdder();
  private final LongAdder unresolved = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final ConcurrentHistogram latencies = new ConcurrentHistogram(LONGEST_MICROS, 3);
  private final ConcurrentHistogram lateness = new ConcurrentHistogram(LONGEST_MICROS, 3);
  private final ConcurrentHistogram orphanedLatencies = new ConcurrentHistogram(LONGEST_MICROS, 3);
  private final Timeliness timeliness = new Timeliness();
  private final List<Recovery> recoveries = new CopyOnWriteArrayList<>();

  private volatile Set<Integer> orphaned = Set.of();

  /** What is due before then is a warm-up: it counts, but not its times. */
  private volatile long measuredFrom = System.nanoTime();

  void measureFromNow() {
    measuredFrom = System.nanoTime();
    latencies.reset();
    orphanedLatencies.reset();
    lateness.reset();
  }

  Timeliness timeliness() {
    return timeliness;
  }

  void acknowledged(int shard, long begunNanos) {
    acknowledged.increment();
    recoveries.forEach(recovery -> recovery.succeeded(shard, begunNanos));
  }

  void refused() {
    refused.increment();
  }

  void unknownResolved() {
    unknownResolved.increment();
  }

  void unresolved() {
    unresolved.increment();
  }

  void retried(int times) {
    retries.add(times);
  }

  /** Keeps the times of requests to these shards, of those sent from now on, apart. */
  void orphaned(Set<Integer> shards) {
    orphaned = Set.copyOf(shards);
  }

  /** Whether one of these is an orphan. */
  boolean isOrphaned(Set<Integer> shards) {
    return !Collections.disjoint(orphaned, shards);
  }

  /** A request goes out. */
  void sent(Set<Integer> shards, long dueNanos, long nowNanos) {
    timeliness.due(shards, dueNanos);
    if (isMeasured(dueNanos)) {
      lateness.recordValue(bounded(nowNanos - dueNanos));
    }
  }

  /**
   * A request has its answer.
   *
   * @param orphan whether one of its shards was without an owner when it was sent
   */
  void took(Set<Integer> shards, boolean orphan, long dueNanos, long sentNanos, long nowNanos) {
    timeliness.answered(shards, dueNanos, nowNanos);
    if (isMeasured(dueNanos)) {
      (orphan ? orphanedLatencies : latencies).recordValue(bounded(nowNanos - sentNanos));
    }
  }

  private boolean isMeasured(long dueNanos) {
    return dueNanos - measuredFrom >= 0;
  }

  private static long bounded(long nanos) {
    return Math.max(0, Math.min(LONGEST_MICROS, TimeUnit.NANOSECONDS.toMicros(nanos)));
  }

  Recovery recovery(int shards) {
    Recovery recovery = new Recovery(shards);
    recoveries.add(recovery);
    return recovery;
  }

  LoadReport report() {
    return new LoadReport(
        acknowledged.sum(),
        refused.sum(),
        unknownResolved.sum(),
        unresolved.sum(),
        retries.sum(),
        micros(latencies.getValueAtPercentile(50)),
        micros(latencies.getValueAtPercentile(99)),
        micros(latencies.getMaxValue()),
        micros(orphanedLatencies.getValueAtPercentile(99)),
        micros(lateness.getValueAtPercentile(99)));
  }

  private static Duration micros(long value) {
    return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(value));
  }
}
