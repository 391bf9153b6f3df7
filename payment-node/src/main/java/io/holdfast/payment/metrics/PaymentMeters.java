package io.holdfast.payment.metrics;

import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.metrics.Counters.Count;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * A node's figures for Prometheus. {@code docs/metrics.md} lists the meters; a test compares.
 * Thread-safe.
 *
 * <p>A tag has the values that are known when the node starts, so what clients send adds no series.
 */
public final class PaymentMeters implements AutoCloseable {

  /** The type of what {@link #scrape} gives. */
  public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final Duration[] BUCKETS =
      List.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000).stream()
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  /** What an operation's answers are counted and timed by. */
  private record Of(Map<Outcome, Counter> answers, Timer latency) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Map<String, Of> operations = new HashMap<>();
  private final LedgerFigures figures;
  private final Timer queue;

  /**
   * For one node.
   *
   * @param types of the operations that clients can ask for
   * @param owned the shards that the node owns
   */
  public PaymentMeters(
      Collection<String> types, Counters counters, Supplier<Set<Integer>> owned, Ledger ledger) {
    this.figures = new LedgerFigures(ledger, owned);
    this.queue = timer("payment.queue.wait");
    types.forEach(type -> operations.put(type, operation(type)));
    Map.of(
            "payment.forwarded", Count.FORWARDED,
            "payment.forward.retries", Count.FORWARD_RETRIES,
            "payment.strangers", Count.STRANGERS,
            "payment.no.owner", Count.NO_OWNER,
            "payment.expired", Count.EXPIRED,
            "payment.fence.refusals", Count.FENCE_REJECTIONS,
            "payment.shards.acquired", Count.SHARDS_ACQUIRED,
            "payment.shards.lost", Count.SHARDS_LOST,
            "payment.spans.dropped", Count.SPANS_DROPPED)
        .forEach(
            (name, count) ->
                FunctionCounter.builder(name, counters, all -> all.get(count)).register(registry));
    shards("owned", figures::owned);
    shards("moving", ledger::moving);
    shards("all", figures::shards);
    gauge("payment.indoubt", "", LedgerFigures.Seen::inDoubt);
    gauge("payment.indoubt.overdue", "seconds", LedgerFigures.Seen::inDoubtOverdue);
    gauge("payment.outbox", "", LedgerFigures.Seen::events);
    gauge("payment.outbox.age", "seconds", LedgerFigures.Seen::eventAge);
    gauge("payment.due", "", LedgerFigures.Seen::due);
    gauge("payment.due.overdue", "seconds", LedgerFigures.Seen::dueOverdue);
    gauge("payment.topups.unknown", "", LedgerFigures.Seen::topUps);
    gauge("payment.topups.unknown.age", "seconds", LedgerFigures.Seen::topUpAge);
    Gauge.builder("payment.ledger.imbalance", figures, LedgerFigures::imbalance).register(registry);
    List<MeterBinder> process =
        List.of(
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            new ProcessorMetrics(),
            new UptimeMetrics(),
            collections);
    process.forEach(this::add);
  }

  private Of operation(String type) {
    Map<Outcome, Counter> answers = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      answers.put(
          outcome,
          Counter.builder("payment.requests")
              .tags("operation", type, "outcome", outcome.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    return new Of(answers, timer("payment.latency", "operation", type));
  }

  private Timer timer(String name, String... tags) {
    return Timer.builder(name).tags(tags).serviceLevelObjectives(BUCKETS).register(registry);
  }

  /** Has the number of shards in one more state told. */
  public void shards(String state, Supplier<Number> count) {
    Gauge.builder("payment.shards", count).tags("state", state).register(registry);
  }

  private void gauge(String name, String unit, ToDoubleFunction<LedgerFigures.Seen> value) {
    Gauge.builder(name, figures, all -> value.applyAsDouble(all.seen()))
        .baseUnit(unit.isEmpty() ? null : unit)
        .register(registry);
  }

  /** Has these figures told as well. */
  public void add(MeterBinder binder) {
    binder.bindTo(registry);
  }

  /**
   * A client has been answered.
   *
   * @param type of the operation; another than those of the start is not counted
   * @param nanos from the request to the answer
   */
  public void answered(String type, Outcome outcome, long nanos) {
    Of operation = operations.get(type);
    if (operation != null) {
      Counter counter = operation.answers().get(outcome);
      if (counter != null) {
        counter.increment();
      }
      operation.latency().record(Duration.ofNanos(nanos));
    }
  }

  /** A request was in a lane's queue for so long, whether it was begun then or not. */
  public void waited(long nanos) {
    queue.record(Duration.ofNanos(nanos));
  }

  /**
   * The text for Prometheus. What stands in the databases is at most some seconds old, and NaN if
   * they do not tell.
   */
  public CompletableFuture<String> scrape() {
    return figures.refresh().thenApply(fresh -> registry.scrape());
  }

  /** For tests. */
  MeterRegistry registry() {
    return registry;
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
