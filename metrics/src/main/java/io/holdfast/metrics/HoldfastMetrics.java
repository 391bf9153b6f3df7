package io.holdfast.metrics;

import io.holdfast.coordination.CoordinationEvent;
import io.holdfast.coordination.CoordinationEvent.Lost;
import io.holdfast.coordination.CoordinationEvent.Released;
import io.holdfast.coordination.CoordinationEvent.RequestDone;
import io.holdfast.coordination.CoordinationEvent.SessionEnded;
import io.holdfast.coordination.CoordinationEvent.Subject;
import io.holdfast.coordination.CoordinationEvent.WaitEnded;
import io.holdfast.coordination.CoordinationEvent.WaitEnding;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.SessionState;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.function.Function;

/**
 * Binds a {@link Coordinator} to a meter registry.
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><th>name</th><th>is</th><th>tags</th></tr>
 *   <tr><td>holdfast.lock.wait</td><td>timer: from wish to end of wait</td><td>in, kind, lock,
 *       ending</td></tr>
 *   <tr><td>holdfast.lock.hold</td><td>timer: how long held</td><td>in, kind, lock, ending
 *       </td></tr>
 *   <tr><td>holdfast.lock.queue</td><td>summary: how many were ahead when joining</td><td>in, kind,
 *       lock</td></tr>
 *   <tr><td>holdfast.lock.lost</td><td>counter</td><td>in, kind, lock, reason</td></tr>
 *   <tr><td>holdfast.session.active</td><td>gauge: 1 active, 0.5 suspended, 0 none</td><td></td>
 *       </tr>
 *   <tr><td>holdfast.session.ended</td><td>counter</td><td>reason</td></tr>
 *   <tr><td>holdfast.request</td><td>timer: requests to the cluster</td><td>operation, outcome
 *       </td></tr>
 *   <tr><td>holdfast.events.dropped</td><td>counter: events that came too fast for the meters</td>
 *       <td></td></tr>
 * </table>
 *
 * <p>Each value of a tag is a time series of its own for ever, and an application may have a lock
 * for every order. So {@code lock} is {@code all} unless the application says how to name groups of
 * few.
 */
public final class HoldfastMetrics implements MeterBinder, AutoCloseable {

  private static final String ALL = "all";

  private final Coordinator coordinator;
  private final Function<String, String> groupOf;
  private volatile Runnable stop = () -> {};

  private HoldfastMetrics(Coordinator coordinator, Function<String, String> groupOf) {
    this.coordinator = coordinator;
    this.groupOf = groupOf;
  }

  /** All locks as one. */
  public static HoldfastMetrics of(Coordinator coordinator) {
    return new HoldfastMetrics(coordinator, name -> ALL);
  }

  /**
   * Locks by groups.
   *
   * @param groupOf from a lock's name to one of a few groups, never null
   */
  public static HoldfastMetrics of(Coordinator coordinator, Function<String, String> groupOf) {
    return new HoldfastMetrics(coordinator, groupOf);
  }

  /** To be called once. */
  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("holdfast.session.active", coordinator, HoldfastMetrics::sessionActive)
        .description("1 while the session is active, 0.5 while suspended, 0 without one")
        .register(registry);
    FunctionCounter.builder("holdfast.events.dropped", coordinator, Coordinator::droppedEvents)
        .description("events that came too fast for the meters")
        .register(registry);
    stop = coordinator.listen(event -> record(event, registry));
  }

  private static double sessionActive(Coordinator coordinator) {
    return coordinator
        .current()
        .map(session -> session.state() == SessionState.ACTIVE ? 1 : 0.5)
        .orElse(0.0);
  }

  private void record(CoordinationEvent event, MeterRegistry registry) {
    if (event instanceof WaitEnded wait) {
      recordWait(wait, registry);
    } else if (event instanceof Released released) {
      Tags tags = tags(released.lock()).and("ending", "released");
      timer("holdfast.lock.hold", tags, registry).record(released.held());
    } else if (event instanceof Lost lost) {
      Tags tags = tags(lost.lock());
      timer("holdfast.lock.hold", tags.and("ending", "lost"), registry).record(lost.held());
      registry.counter("holdfast.lock.lost", tags.and("reason", text(lost.reason()))).increment();
    } else if (event instanceof RequestDone request) {
      Tags tags = Tags.of("operation", request.operation(), "outcome", text(request.outcome()));
      timer("holdfast.request", tags, registry).record(request.took());
    } else if (event instanceof SessionEnded ended) {
      registry.counter("holdfast.session.ended", "reason", text(ended.reason())).increment();
    }
  }

  private void recordWait(WaitEnded wait, MeterRegistry registry) {
    Tags tags = tags(wait.lock());
    timer("holdfast.lock.wait", tags.and("ending", text(wait.ending())), registry)
        .record(wait.waited());
    if (wait.ending() == WaitEnding.ACQUIRED) {
      DistributionSummary.builder("holdfast.lock.queue")
          .tags(tags)
          .register(registry)
          .record(wait.ahead());
    }
  }

  private static Timer timer(String name, Tags tags, MeterRegistry registry) {
    return Timer.builder(name).tags(tags).register(registry);
  }

  private Tags tags(Subject lock) {
    return Tags.of("in", lock.directory(), "kind", lock.kind(), "lock", groupOf.apply(lock.name()));
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
