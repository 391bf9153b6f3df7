package io.holdfast.metrics;

import io.holdfast.coordination.CoordinationEvent;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Durations;
import io.holdfast.transaction.DecisionPlace;
import io.holdfast.transaction.TransactionEvent.Answered;
import io.holdfast.transaction.TransactionEvent.Begun;
import io.holdfast.transaction.TransactionEvent.InDoubt;
import io.holdfast.transaction.TransactionEvent.Recovered;
import io.holdfast.transaction.TransactionEvent.Resolved;
import io.holdfast.transaction.TransactionEvent.Settled;
import io.holdfast.transaction.TransactionEvent.Swept;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Binds the transactions of a {@link Coordinator} to a meter registry.
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><th>name</th><th>is</th><th>tags</th></tr>
 *   <tr><td>holdfast.transaction.begun</td><td>counter: commits that were begun</td><td>decided
 *       </td></tr>
 *   <tr><td>holdfast.transaction.commit</td><td>timer: from the call of commit to its answer</td>
 *       <td>decided, answer, reason (of an abort; none)</td></tr>
 *   <tr><td>holdfast.transaction.resolved</td><td>timer: from the call of commit until an unknown
 *       outcome was known</td><td>answer</td></tr>
 *   <tr><td>holdfast.transaction.phase</td><td>timer: prepare and decide, of what was not
 *       aborted, and settle, of all; of several branches</td><td>decided, phase</td></tr>
 *   <tr><td>holdfast.transaction.indoubt</td><td>gauge: branches that are prepared, of whatever
 *       process</td><td>participant</td></tr>
 *   <tr><td>holdfast.transaction.indoubt.age</td><td>gauge: how long the oldest of them has been
 *       seen</td><td>participant</td></tr>
 *   <tr><td>holdfast.transaction.recovered</td><td>counter: branches ended that others had left
 *       </td><td>participant, ending</td></tr>
 *   <tr><td>holdfast.transaction.sweep</td><td>timer: looks for what was left</td><td>outcome
 *       </td></tr>
 * </table>
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
      registry.counter("holdfast.transaction.begun", "decided", decided).increment();
    } else if (event instanceof Answered answered) {
      record(answered, registry);
    } else if (event instanceof Resolved resolved) {
      registry
          .timer("holdfast.transaction.resolved", "answer", text(resolved.answer()))
          .record(resolved.after());
    } else if (event instanceof Settled settled) {
      phase("settle", text(settled.place()), registry).record(settled.settling());
    } else if (event instanceof InDoubt seen) {
      inDoubt.computeIfAbsent(seen.participant(), name -> gauges(seen, registry)).seen = seen;
    } else if (event instanceof Recovered recovered) {
      recovered(recovered.participant(), "commit", recovered.committed(), registry);
      recovered(recovered.participant(), "abort", recovered.aborted(), registry);
    } else if (event instanceof Swept swept) {
      registry
          .timer("holdfast.transaction.sweep", "outcome", swept.done() ? "done" : "not_done")
          .record(swept.took());
    }
  }

  private static void record(Answered answered, MeterRegistry registry) {
    String decided = decided(answered.branches(), answered.place());
    Tags tags =
        Tags.of(
            "decided",
            decided,
            "answer",
            text(answered.answer()),
            "reason",
            answered.reason().map(TransactionMetrics::text).orElse(NONE));
    registry
        .timer("holdfast.transaction.commit", tags)
        .record(answered.preparing().plus(answered.deciding()));
    if (answered.reason().isEmpty() && answered.branches() > 1) {
      phase("prepare", decided, registry).record(answered.preparing());
      phase("decide", decided, registry).record(answered.deciding());
    }
  }

  private static Timer phase(String phase, String decided, MeterRegistry registry) {
    return registry.timer("holdfast.transaction.phase", "phase", phase, "decided", decided);
  }

  private static void recovered(
      String participant, String ending, int count, MeterRegistry registry) {
    registry
        .counter("holdfast.transaction.recovered", "participant", participant, "ending", ending)
        .increment(count);
  }

  private static Latest gauges(InDoubt first, MeterRegistry registry) {
    Latest latest = new Latest(first);
    Gauge.builder("holdfast.transaction.indoubt", latest, there -> there.seen.branches())
        .description("branches that are prepared, of whatever process")
        .tags("participant", first.participant())
        .strongReference(true)
        .register(registry);
    TimeGauge.builder(
            "holdfast.transaction.indoubt.age",
            latest,
            TimeUnit.MILLISECONDS,
            there -> Durations.millis(there.seen.oldest()))
        .description("how long the oldest prepared branch has been seen")
        .tags("participant", first.participant())
        .strongReference(true)
        .register(registry);
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
