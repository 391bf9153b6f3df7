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
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Binds a {@link Coordinator} to a meter registry: its sessions, requests and locks. {@code
 * docs/metrics.md} lists the meters.
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
    Meters.SESSION_ACTIVE.gauge(registry, coordinator, HoldfastMetrics::sessionActive);
    Meters.EVENTS_DROPPED.counter(registry, coordinator, Coordinator::droppedEvents);
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
      Meters.LOCK_HOLD.timer(registry, tags(released.lock(), "released")).record(released.held());
    } else if (event instanceof Lost lost) {
      Meters.LOCK_HOLD.timer(registry, tags(lost.lock(), "lost")).record(lost.held());
      Meters.LOCK_LOST.counter(registry, tags(lost.lock(), text(lost.reason()))).increment();
    } else if (event instanceof RequestDone request) {
      Meters.REQUEST
          .timer(registry, request.operation(), text(request.outcome()))
          .record(request.took());
    } else if (event instanceof SessionEnded ended) {
      Meters.SESSION_ENDED.counter(registry, text(ended.reason())).increment();
    }
  }

  private void recordWait(WaitEnded wait, MeterRegistry registry) {
    Meters.LOCK_WAIT.timer(registry, tags(wait.lock(), text(wait.ending()))).record(wait.waited());
    if (wait.ending() == WaitEnding.ACQUIRED) {
      Meters.LOCK_QUEUE.summary(registry, tags(wait.lock())).record(wait.ahead());
    }
  }

  private String[] tags(Subject lock, String... more) {
    return Stream.concat(
            Stream.of(lock.directory(), lock.kind(), groupOf.apply(lock.name())), Stream.of(more))
        .toArray(String[]::new);
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
