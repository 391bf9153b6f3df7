package io.holdfast.payment.load;

import java.time.Duration;
import java.util.List;
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
  private final List<Recovery> recoveries = new CopyOnWriteArrayList<>();

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

  void took(long nanos) {
    latencies.recordValue(
        Math.max(0, Math.min(LONGEST_MICROS, TimeUnit.NANOSECONDS.toMicros(nanos))));
  }

  /** Begins the latencies anew. Only while no request is under way. */
  void forgetLatencies() {
    latencies.reset();
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
        micros(latencies.getMaxValue()));
  }

  private static Duration micros(long value) {
    return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(value));
  }
}
