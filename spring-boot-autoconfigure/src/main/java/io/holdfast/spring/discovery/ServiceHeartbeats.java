package io.holdfast.spring.discovery;

import io.holdfast.registry.Registry;
import io.holdfast.spi.DaemonThread;
import io.holdfast.spi.Observers;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Publishes Spring Cloud's {@link HeartbeatEvent} when a service has come or gone, or the instances
 * of a service that this application has looked at: then Spring Cloud Gateway makes its routes
 * anew, for example. It stands on watches: while nothing changes there is no event.
 *
 * <p>The event's value is a count: each event has another. Events are published one at a time, by a
 * thread that is there only then; changes meanwhile make one more event.
 */
final class ServiceHeartbeats implements SmartLifecycle {

  private final Registry registry;
  private final ServiceViews views;
  private final ApplicationEventPublisher publisher;
  private final AtomicLong count = new AtomicLong();

  /** Changes that no event has told of yet. */
  private final AtomicInteger untold = new AtomicInteger();

  private volatile boolean running;

  /** Used by the thread that starts and stops, as is the next. */
  private Runnable stopNames = () -> {};

  private Runnable stopViews = () -> {};

  ServiceHeartbeats(Registry registry, ServiceViews views, ApplicationEventPublisher publisher) {
    this.registry = registry;
    this.views = views;
    this.publisher = publisher;
  }

  @Override
  public void start() {
    running = true;
    stopViews = views.onChange(service -> changed());
    stopNames = registry.onServices(names -> changed());
  }

  private void changed() {
    if (untold.getAndIncrement() == 0) {
      DaemonThread.start("holdfast-heartbeat", this::publish);
    }
  }

  private void publish() {
    int told;
    do {
      told = untold.get();
      if (running) {
        Observers.tell(publisher::publishEvent, new HeartbeatEvent(this, count.incrementAndGet()));
      }
    } while (untold.addAndGet(-told) != 0);
  }

  @Override
  public void stop() {
    running = false;
    stopNames.run();
    stopViews.run();
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
