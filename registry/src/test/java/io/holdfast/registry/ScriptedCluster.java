package io.holdfast.registry;

import io.holdfast.coordination.Owner;
import io.holdfast.spi.Backend;
import io.holdfast.spi.Context;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** Opens {@link ScriptedSession}s. Its context is the calling thread; its timers run when told. */
public final class ScriptedCluster implements Backend, Context {

  final List<ScriptedSession> sessions = new ArrayList<>();

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Queue<Runnable> timers = new ArrayDeque<>();
  private boolean running;

  ScriptedSession latest() {
    return sessions.get(sessions.size() - 1);
  }

  /** Runs every timer that was set before. */
  public void runTimers() {
    List<Runnable> due = List.copyOf(timers);
    timers.clear();
    due.forEach(this::execute);
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (running) {
      return;
    }
    running = true;
    for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
      next.run();
    }
    running = false;
  }

  @Override
  public Runnable schedule(Duration delay, Runnable task) {
    timers.add(task);
    return () -> timers.remove(task);
  }

  @Override
  public long nanoTime() {
    return 0;
  }

  @Override
  public Context context() {
    return this;
  }

  @Override
  public CompletableFuture<Session> openSession(Owner owner) {
    ScriptedSession session = new ScriptedSession("s" + sessions.size(), this);
    sessions.add(session);
    return CompletableFuture.completedFuture(session);
  }

  @Override
  public void close() {}
}
