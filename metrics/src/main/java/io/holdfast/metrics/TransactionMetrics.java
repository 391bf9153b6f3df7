package io.holdfast.metrics;

import io.holdfast.coordination.CoordinationEvent;
import io.holdfast.coordination.Coordinator;
import io.holdfast.spi.Durations;
import io.holdfast.transaction.DecisionPlace;
import io.holdfast.transaction.TransactionEvent.Answered;
import io.holdfast.transaction.TransactionEvent.Begun;
import io.holdfast.transaction.TransactionEvent.InDoubt;
import io.holdfast.transaction.TransactionEvent.Recovered;
import io.holdfast.transaction.TransactionEvent.Resolved;
import io.holdfast.transaction.TransactionEvent.Settled;
import io.holdfast.transaction.TransactionEvent.Swept;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Binds the transactions of a {@link Coordinator} to a meter registry. {@code docs/metrics.md}
 * lists the meters.
 *
 * <p>{@code decided} is where: {@code cluster}, {@code last_branch}, or {@code alone} of one
 * branch. An age that keeps growing is what to be woken for. Events that come too fast for the
 * meters are counted by {@link HoldfastMetrics}.
 */
public final class TransactionMetrics implements MeterBinder, AutoCloseable {

  private static final String NONE = "none";

  private final Coordinator coordinator;

  /** By participant. */
  private final Map<String, Latest> inDoubt = new ConcurrentHashMap<>();

  private volatile Runnable stop = () -> {};

  /** What was seen at a participant last. */
  private static final class Latest {
    private volatile InDoubt seen;

    private Latest(InDoubt seen) {
      this.seen = seen;
    }
  }

  private TransactionMetrics(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  /** Of every {@link io.holdfast.transaction.Transactions} on this coordinator. */
  public static TransactionMetrics of(Coordinator coordinator) {
    return new TransactionMetrics(coordinator);
  }

  /** To be called once. */
  @Override
  public void bindTo(MeterRegistry registry) {
    stop = coordinator.listen(event -> record(event, registry));
  }

  private void record(CoordinationEvent event, MeterRegistry registry) {
    if (event instanceof Begun begun) {
      String decided = decided(begun.branches(), begun.place());
      Meters.TRANSACTION_BEGUN.counter(registry, decided).increment();
    } else if (event instanceof Answered answered) {
      record(answered, registry);
    } else if (event instanceof Resolved resolved) {
      Meters.TRANSACTION_RESOLVED.timer(registry, text(resolved.answer())).record(resolved.after());
    } else if (event instanceof Settled settled) {
      phase("settle", text(settled.place()), registry).record(settled.settling());
    } else if (event instanceof InDoubt seen) {
      inDoubt.computeIfAbsent(seen.participant(), name -> gauges(seen, registry)).seen = seen;
    } else if (event instanceof Recovered recovered) {
      recovered(recovered.participant(), "commit", recovered.committed(), registry);
      recovered(recovered.participant(), "abort", recovered.aborted(), registry);
    } else if (event instanceof Swept swept) {
      Meters.TRANSACTION_SWEEP
          .timer(registry, swept.done() ? "done" : "not_done")
          .record(swept.took());
    }
  }

  private static void record(Answered answered, MeterRegistry registry) {
    String decided = decided(answered.branches(), answered.place());
    Meters.TRANSACTION_COMMIT
        .timer(
            registry,
            decided,
            text(answered.answer()),
            answered.reason().map(TransactionMetrics::text).orElse(NONE))
        .record(answered.preparing().plus(answered.deciding()));
    if (answered.reason().isEmpty() && answered.branches() > 1) {
      phase("prepare", decided, registry).record(answered.preparing());
      phase("decide", decided, registry).record(answered.deciding());
    }
  }

  private static Timer phase(String phase, String decided, MeterRegistry registry) {
    return Meters.TRANSACTION_PHASE.timer(registry, decided, phase);
  }

  private static void recovered(
      String participant, String ending, int count, MeterRegistry registry) {
    Meters.TRANSACTION_RECOVERED.counter(registry, participant, ending).increment(count);
  }

  private static Latest gauges(InDoubt first, MeterRegistry registry) {
    Latest latest = new Latest(first);
    Meters.TRANSACTION_INDOUBT.gauge(
        registry, latest, there -> there.seen.branches(), first.participant());
    Meters.TRANSACTION_INDOUBT_AGE.timeGauge(
        registry, latest, there -> Durations.millis(there.seen.oldest()), first.participant());
    return latest;
  }

  private static String decided(int branches, DecisionPlace place) {
    return branches < 2 ? "alone" : text(place);
  }

  private static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Records nothing more; the meters stay. */
  @Override
  public void close() {
    stop.run();
  }
}
