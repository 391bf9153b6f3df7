package io.holdfast.payment.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What a node has done since it started. Thread-safe. */
public final class Counters {

  /** What is counted. */
  public enum Count {
    /** Instructions executed here and booked. */
    ACKNOWLEDGED,
    /** Instructions refused here for good. */
    REFUSED,
    /** Stored answers given again. */
    REPLAYED,
    /** Writes that the ledger refused because the shard had been sealed by a later owner. */
    FENCE_REJECTIONS,
    /** Requests answered by another node. */
    FORWARDED,
    /** Attempts at another node that gave no answer to pass on. */
    FORWARD_RETRIES,
    /** Answers to forwards that did not prove to come from a node of this ledger. */
    STRANGERS,
    /** Requests for which no owner was found in time. */
    NO_OWNER,
    /** Commits whose outcome stayed unknown. */
    OUTCOME_UNKNOWN,
    /** Requests turned away because too many were waiting. */
    SATURATED,
    /** Requests that were not begun, since they had waited too long. */
    EXPIRED,
    /** Shards taken over. */
    SHARDS_ACQUIRED,
    /** Shards lost without being given up. */
    SHARDS_LOST,
    /** Parts of traces that the collector did not take. */
    SPANS_DROPPED
  }

  private final Map<Count, LongAdder> counts = new EnumMap<>(Count.class);

  /** All zero. */
  public Counters() {
    for (Count count : Count.values()) {
      counts.put(count, new LongAdder());
    }
  }

  /** Counts one more. */
  public void add(Count count) {
    adder(count).increment();
  }

  /** How many so far. */
  public long get(Count count) {
    return adder(count).sum();
  }

  private LongAdder adder(Count count) {
    LongAdder adder = counts.get(count);
    if (adder == null) {
      throw new IllegalStateException("no counter " + count);
    }
    return adder;
  }
}
