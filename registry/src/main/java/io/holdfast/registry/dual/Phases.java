package io.holdfast.registry.dual;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** How far the move of each service has come. Safe for use by many threads. */
final class Phases {

  private final Phase first;
  private final Map<String, Phase> phases = new ConcurrentHashMap<>();
  private final List<Runnable> observers = new CopyOnWriteArrayList<>();

  /** {@code first} is the phase of services that none was set for. */
  Phases(Phase first) {
    this.first = first;
  }

  Phase of(String service) {
    return phases.getOrDefault(service, first);
  }

  void set(String service, Phase phase) {
    phases.put(service, phase);
    observers.forEach(Runnable::run);
  }

  Runnable onChange(Runnable observer) {
    observers.add(observer);
    return () -> observers.remove(observer);
  }
}
