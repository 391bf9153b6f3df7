package io.holdfast.coordination;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners what happens, beside the way of what happens: in order, where {@link Callbacks}
 * run, by one thread at a time. When they are slower than events come, events are dropped and
 * counted; when there are none, nothing is even made.
 */
final class Listeners {

  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  /** More would be old news. */
  private static final int MOST_WAITING = 10_000;

  private final List<Consumer<? super CoordinationEvent>> listeners = new CopyOnWriteArrayList<>();
  private final Queue<CoordinationEvent> events = new ConcurrentLinkedQueue<>();

  /** Given and not yet told; whoever raises it from zero sees to it that they are told. */
  private final AtomicInteger waiting = new AtomicInteger();

  private final AtomicLong dropped = new AtomicLong();

  Runnable add(Consumer<? super CoordinationEvent> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  boolean isEmpty() {
    return listeners.isEmpty();
  }

  long dropped() {
    return dropped.get();
  }

  void tell(Supplier<? extends CoordinationEvent> event) {
    if (listeners.isEmpty()) {
      return;
    }
    if (waiting.get() >= MOST_WAITING) {
      dropped.incrementAndGet();
      return;
    }
    events.add(event.get());
    if (waiting.getAndIncrement() == 0) {
      Callbacks.executor().execute(this::tellAll);
    }
  }

  private void tellAll() {
    do {
      CoordinationEvent event = events.remove();
      for (Consumer<? super CoordinationEvent> listener : listeners) {
        tell(listener, event);
      }
    } while (waiting.decrementAndGet() > 0);
  }

  private static void tell(Consumer<? super CoordinationEvent> listener, CoordinationEvent event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOG.warn("a listener failed on {}; the others go on", event, e);
    }
  }
}
