package io.holdfast.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Every meter there is, with its tags. {@code docs/metrics.md} lists the same, and a test compares
 * the two.
 */
enum Meters {
  LOCK_WAIT(Kind.TIMER, "from the request to the end of the wait", "in", "kind", "lock", "ending"),
  LOCK_HOLD(Kind.TIMER, "how long held", "in", "kind", "lock", "ending"),
  LOCK_QUEUE(Kind.SUMMARY, "how many were ahead when joining", "in", "kind", "lock"),
  LOCK_LOST(Kind.COUNTER, "holds that were lost", "in", "kind", "lock", "reason"),
  SESSION_ACTIVE(Kind.GAUGE, "1 while the session is active, 0.5 while suspended, 0 without one"),
  SESSION_ENDED(Kind.COUNTER, "sessions that are over", "reason"),
  REQUEST(Kind.TIMER, "requests to the cluster", "operation", "outcome"),
  EVENTS_DROPPED(Kind.COUNTER, "events that came too fast for the meters"),

  VIEW_FRESH(Kind.GAUGE, "1 while the cluster confirms the view, 0 while not", "service"),
  VIEW_AGE(Kind.TIME_GAUGE, "how old its data is; NaN before the first", "service"),
  VIEW_INSTANCES(Kind.GAUGE, "instances that it shows", "service"),
  VIEW_UP(Kind.GAUGE, "instances that take requests", "service"),
  VIEW_HELD(Kind.GAUGE, "instances kept that the cluster no longer lists", "service"),
  REGISTRATIONS(Kind.GAUGE, "instances of this process: published, or pending", "state"),
  REGISTRATION_PUBLISHED(Kind.COUNTER, "publications, the first and every later one", "service"),
  REGISTRATION_WITHDRAWN(Kind.COUNTER, "withdrawals", "service"),
  DRAIN(Kind.TIMER, "drains that this process asked for", "service", "ending"),

  PICK(Kind.COUNTER, "picks by outcome; none if there was no instance", "service", "outcome"),
  PICK_ACTIVE(Kind.GAUGE, "picks that have not ended", "service"),
  EJECTED(Kind.GAUGE, "instances that are ejected now", "service"),
  EJECTIONS(Kind.COUNTER, "ejections", "service"),
  RETRY(Kind.COUNTER, "retries that the budget has granted, and refused", "service", "outcome"),
  RETRY_BUDGET(Kind.GAUGE, "retries that the budget would grant now", "service"),

  TRANSACTION_BEGUN(Kind.COUNTER, "commits that were begun", "decided"),
  TRANSACTION_COMMIT(
      Kind.TIMER, "from the call of commit to its answer", "decided", "answer", "reason"),
  TRANSACTION_RESOLVED(
      Kind.TIMER, "from the call of commit until an unknown outcome was known", "answer"),
  TRANSACTION_PHASE(
      Kind.TIMER,
      "phases of commits with several branches; prepare and decide only if not aborted",
      "decided",
      "phase"),
  TRANSACTION_INDOUBT(Kind.GAUGE, "branches that are prepared, of any process", "participant"),
  TRANSACTION_INDOUBT_AGE(
      Kind.TIME_GAUGE, "how long the oldest prepared branch has been seen", "participant"),
  TRANSACTION_RECOVERED(
      Kind.COUNTER, "branches ended that other processes had left", "participant", "ending"),
  TRANSACTION_SWEEP(Kind.TIMER, "searches for branches that were left", "outcome");

  /** What kind of meter. */
  public enum Kind {
    TIMER,
    COUNTER,
    SUMMARY,
    GAUGE,
    TIME_GAUGE;

    /** As the page has it; all times are exported in the unit of the meter registry. */
    String text() {
      return this == TIME_GAUGE ? "gauge" : name().toLowerCase(Locale.ROOT);
    }

    String unit() {
      return this == TIMER || this == TIME_GAUGE ? "seconds" : "";
    }
  }

  private final Kind kind;
  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> tags;

  Meters(Kind kind, String description, String... tags) {
    this.kind = kind;
    this.description = description;
    this.tags = List.of(tags);
  }

  /** {@code holdfast.lock.wait} of {@code LOCK_WAIT}. */
  String text() {
    return "holdfast." + name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  Kind kind() {
    return kind;
  }

  List<String> tags() {
    return tags;
  }

  private Tags tags(String... values) {
    if (values.length != tags.size()) {
      throw new IllegalArgumentException(text() + " has the tags " + tags);
    }
    List<Tag> all = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      all.add(Tag.of(tags.get(i), values[i]));
    }
    return Tags.of(all);
  }

  Timer timer(MeterRegistry registry, String... values) {
    return Timer.builder(text()).description(description).tags(tags(values)).register(registry);
  }

  Counter counter(MeterRegistry registry, String... values) {
    return Counter.builder(text()).description(description).tags(tags(values)).register(registry);
  }

  DistributionSummary summary(MeterRegistry registry, String... values) {
    return DistributionSummary.builder(text())
        .description(description)
        .tags(tags(values))
        .register(registry);
  }

  /** Does not keep {@code of} from being collected. */
  <T> FunctionCounter counter(
      MeterRegistry registry, T of, ToDoubleFunction<T> count, String... values) {
    return FunctionCounter.builder(text(), of, count)
        .description(description)
        .tags(tags(values))
        .register(registry);
  }

  /** Does not keep {@code of} from being collected. */
  <T> Gauge gauge(MeterRegistry registry, T of, ToDoubleFunction<T> value, String... values) {
    return Gauge.builder(text(), of, value)
        .description(description)
        .tags(tags(values))
        .register(registry);
  }

  /** Likewise, in milliseconds. */
  <T> TimeGauge timeGauge(
      MeterRegistry registry, T of, ToDoubleFunction<T> millis, String... values) {
    return TimeGauge.builder(text(), of, TimeUnit.MILLISECONDS, millis)
        .description(description)
        .tags(tags(values))
        .register(registry);
  }
}
