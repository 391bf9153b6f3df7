package io.holdfast.spring.actuate;

import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryEvent.DrainEnded;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The latest drains that this process has asked for. */
final class DrainsSection implements EndpointSection, AutoCloseable {

  private static final int MOST = 20;

  private final Runnable stop;

  /** Guarded by itself. */
  private final Deque<Map<String, Object>> latest = new ArrayDeque<>();

  DrainsSection(Registry registry) {
    this.stop =
        registry.listen(
            event -> {
              if (event instanceof DrainEnded ended) {
                note(ended);
              }
            });
  }

  private void note(DrainEnded ended) {
    synchronized (latest) {
      latest.addFirst(
          Map.of(
              "service", ended.service(),
              "id", ended.id(),
              "ending", ended.ending().name(),
              "took", ended.took().toString(),
              "at", Instant.now().toString()));
      if (latest.size() > MOST) {
        latest.removeLast();
      }
    }
  }

  @Override
  public String name() {
    return "drains";
  }

  @Override
  public Optional<Object> read(List<String> path) {
    synchronized (latest) {
      return path.isEmpty() ? Optional.of(List.copyOf(latest)) : Optional.empty();
    }
  }

  @Override
  public void close() {
    stop.run();
  }
}
