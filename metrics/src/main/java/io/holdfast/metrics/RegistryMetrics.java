package io.holdfast.metrics;

import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryEvent;
import io.holdfast.registry.RegistryEvent.DrainEnded;
import io.holdfast.registry.RegistryEvent.Published;
import io.holdfast.registry.RegistryEvent.ViewClosed;
import io.holdfast.registry.RegistryEvent.ViewOpened;
import io.holdfast.registry.RegistryEvent.Withdrawn;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.spi.Durations;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Binds a {@link Registry} to a meter registry: its views, registrations and drains. The meters of
 * a view are there while it is open. {@code docs/metrics.md} lists them.
 */
public final class RegistryMetrics implements MeterBinder, AutoCloseable {

  private final Registry registry;

  /** By service. Guarded by itself. */
  private final Map<String, List<Meter>> views = new HashMap<>();

  private volatile Runnable stop = () -> {};

  private RegistryMetrics(Registry registry) {
    this.registry = registry;
  }

  /** Of one registry; where several share a coordinator, the counters are those of all. */
  public static RegistryMetrics of(Registry registry) {
    return new RegistryMetrics(registry);
  }

  /** To be called once. */
  @Override
  public void bindTo(MeterRegistry meters) {
    Meters.REGISTRATIONS.gauge(meters, registry, RegistryMetrics::published, "published");
    Meters.REGISTRATIONS.gauge(
        meters, registry, now -> now.registrations().size() - published(now), "pending");
    stop = registry.listen(event -> record(event, meters));
    registry.viewed().forEach(service -> follow(service, meters));
  }

  private static double published(Registry registry) {
    return registry.registrations().stream().filter(Registration::isPublished).count();
  }

  private void record(RegistryEvent event, MeterRegistry meters) {
    if (event instanceof ViewOpened opened) {
      follow(opened.service(), meters);
    } else if (event instanceof ViewClosed closed) {
      follow(closed.service(), meters);
    } else if (event instanceof Published published) {
      Meters.REGISTRATION_PUBLISHED.counter(meters, published.service()).increment();
    } else if (event instanceof Withdrawn withdrawn) {
      Meters.REGISTRATION_WITHDRAWN.counter(meters, withdrawn.service()).increment();
    } else if (event instanceof DrainEnded drain) {
      String ending = drain.ending().name().toLowerCase(Locale.ROOT);
      Meters.DRAIN.timer(meters, drain.service(), ending).record(drain.took());
    }
  }

  /** Has meters of the view if there is one, whatever was told in which order. */
  private void follow(String service, MeterRegistry meters) {
    synchronized (views) {
      if (registry.shown(service).isPresent()) {
        views.computeIfAbsent(service, name -> meters(name, meters));
      } else {
        List<Meter> old = views.remove(service);
        if (old != null) {
          old.forEach(meters::remove);
        }
      }
    }
  }

  private List<Meter> meters(String service, MeterRegistry meters) {
    return List.of(
        Meters.VIEW_FRESH.gauge(
            meters, registry, of(service, now -> now.isCurrent() ? 1 : 0), service),
        Meters.VIEW_AGE.timeGauge(
            meters, registry, of(service, now -> millis(now.age(Instant.now()))), service),
        Meters.VIEW_INSTANCES.gauge(
            meters, registry, of(service, now -> now.instances().size()), service),
        Meters.VIEW_UP.gauge(meters, registry, of(service, now -> now.up().size()), service),
        Meters.VIEW_HELD.gauge(meters, registry, of(service, now -> now.held().size()), service));
  }

  private static double millis(Optional<Duration> age) {
    return age.map(Durations::millis).map(Long::doubleValue).orElse(Double.NaN);
  }

  private static ToDoubleFunction<Registry> of(
      String service, ToDoubleFunction<ServiceSnapshot> value) {
    return registry ->
        registry.shown(service).map(now -> value.applyAsDouble(now)).orElse(Double.NaN);
  }

  /** Records nothing more; the meters stay. */
  @Override
  public void close() {
    stop.run();
  }
}
