package io.holdfast.coordination.internal;

import io.holdfast.coordination.CoordinationEvent;
import io.holdfast.spi.Callbacks;
import io.holdfast.spi.Observers;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tells listeners what happens, beside the way of what happens: in order, where {@link Callbacks}
 * run, by one thread at a time. When they are slower than events come, events are dropped and
 * counted; when there are none, nothing is even made.
 */
public final class Listeners {

  /** More would be old news. */
  private static final int MOST_WAITING = 10_000;

  private final Observers<CoordinationEvent> listeners = new Observers<>();
  private final Queue<CoordinationEvent> events = new ConcurrentLinkedQueue<>();

  /** Events not yet delivered; the thread that raises this from zero starts the delivery. */
  private final AtomicInteger waiting = new AtomicInteger();

  private final AtomicLong dropped = new AtomicLong();
  private final Executor callbacks;

  /** Tells them in {@code callbacks}. */
  public Listeners(Executor callbacks) {
    this.callbacks = callbacks;
  }

  public Runnable add(Consumer<? super CoordinationEvent> listener) {
    return listeners.add(listener);
  }

  public boolean isEmpty() {
    return listeners.isEmpty();
  }

  public long dropped() {
    return dropped.get();
  }

  public void tell(Supplier<? extends CoordinationEvent> event) {
    if (listeners.isEmpty()) {
      return;
    }
    if (waiting.get() >= MOST_WAITING) {
      dropped.incrementAndGet();
      return;
    }
    events.add(event.get());
    if (waiting.getAndIncrement() == 0) {
      callbacks.execute(this::tellAll);
    }
  }

  private void tellAll() {
    do {
      CoordinationEvent event = events.remove();
      listeners.tell(event);
    } while (waiting.decrementAndGet() > 0);
  }
}
