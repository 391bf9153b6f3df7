package io.holdfast.spring.lock;

import io.holdfast.lock.LockName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Locale;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.function.SingletonSupplier;

/**
 * Micrometer's observations of {@link Locked} methods. The names differ from those of the meters of
 * all locks, which are there whether or not anybody observes. Without an observation registry they
 * do nothing.
 */
final class LockObservations {

  static final String WAIT = "holdfast.locked.wait";
  static final String HELD = "holdfast.locked.held";
  static final String OUTCOME = "outcome";

  private final SingletonSupplier<ObservationRegistry> registry;

  LockObservations(ObjectProvider<ObservationRegistry> registry) {
    this.registry =
        SingletonSupplier.of(() -> registry.getIfUnique(() -> ObservationRegistry.NOOP));
  }

  /** Begins now. The name of the lock without its key is the only one with few values. */
  Observation start(String what, LockedMethod locked, LockName lock) {
    return Observation.createNotStarted(what, registry.obtain())
        .contextualName(what.equals(WAIT) ? "wait for " + locked.name() : locked.name())
        .lowCardinalityKeyValue("lock", locked.name())
        .lowCardinalityKeyValue("mode", locked.mode().name().toLowerCase(Locale.ROOT))
        .highCardinalityKeyValue("lock.name", lock.text())
        .start();
  }
}
