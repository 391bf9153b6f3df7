package io.holdfast.registry.internal.view;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.registry.internal.WorkerThread;
import io.holdfast.spi.Observers;
import io.holdfast.spi.Session;
import io.holdfast.spi.Watch;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells one listener the names of the services, through all sessions, with at most one delivery
 * queued at any time. While there is no session, what was told stays true as far as is known.
 */
public final class NamesListener {

  private final Coordinator coordinator;
  private final Key services;
  private final WorkerThread thread;
  private final Consumer<? super List<String>> listener;
  private final AtomicBoolean awake = new AtomicBoolean();
  private volatile List<String> latest = List.of();
  private volatile boolean stopped;

  /** Used in the coordinator's context only, as is the next. */
  private Watch watch = () -> {};

  private Runnable stopSessions = () -> {};

  /** Used on the listener thread only. */
  private @Nullable List<String> told;

  public NamesListener(
      Coordinator coordinator,
      Key services,
      WorkerThread thread,
      Consumer<? super List<String>> listener) {
    this.coordinator = coordinator;
    this.services = services;
    this.thread = thread;
    this.listener = listener;
  }

  public void start() {
    coordinator
        .context()
        .execute(
            () -> {
              if (!stopped) {
                stopSessions = coordinator.onSession(this::opened);
              }
            });
  }

  /** Idempotent. At most a delivery that has begun still goes on. */
  public void stop() {
    stopped = true;
    coordinator
        .context()
        .execute(
            () -> {
              stopSessions.run();
              watch.close();
            });
  }

  private void opened(Session session) {
    watch.close();
    watch = session.watchNames(services, this::heard);
  }

  private void heard(List<String> names) {
    latest = ServiceReader.serviceNames(services, names).found();
    if (awake.compareAndSet(false, true)) {
      thread.execute(this::deliver);
    }
  }

  private void deliver() {
    awake.set(false);
    List<String> now = latest;
    if (!stopped && !now.equals(told)) {
      told = now;
      Observers.tell(listener, now);
    }
  }
}
