package io.holdfast.admin;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.SessionState;
import io.holdfast.lock.LockName;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Observers;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A subscription to the locks of a namespace; see {@link LockQueues#watch}.
 *
 * <p>Each queue is watched. No store can watch for new queues, so the queues are listed every
 * second, by the server that this process is connected to; the leader is not involved. A queue that
 * is empty and no longer listed is dropped.
 */
public final class LockWatch implements AutoCloseable {

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final Coordinator coordinator;
  private final Key directory;
  private final String prefix;
  private final Consumer<? super LockChange> observer;
  private final Runnable stopSessions;
  private volatile boolean closed;

  /** Used in the context only, as are all below. */
  private final Map<LockName, Watched> queues = new HashMap<>();

  private @Nullable Session session;

  /** Done when the observer has been told of every change so far. */
  private CompletableFuture<Void> told = CompletableFuture.completedFuture(null);

  private Runnable nextLook = () -> {};

  /** A queue and its watch in the present session. */
  private static final class Watched {
    private final QueueChanges changes;
    private Watch watch = () -> {};

    /** True while the observer is being told of this queue, or is about to be. */
    private boolean telling;

    /**
     * The latest snapshot of the queue that the observer has not been told of; only one is kept.
     */
    private @Nullable Snapshot latest;

    private Watched(LockName name) {
      this.changes = new QueueChanges(name);
    }

    boolean isOver() {
      return changes.isEmpty() && !telling && latest == null;
    }
  }

  public LockWatch(
      Coordinator coordinator,
      Key directory,
      String prefix,
      Consumer<? super LockChange> observer) {
    this.coordinator = coordinator;
    this.directory = directory;
    this.prefix = prefix;
    this.observer = observer;
    this.stopSessions = coordinator.onSession(this::follow);
  }

  private void follow(Session opened) {
    if (closed) {
      return;
    }
    session = opened;
    queues.forEach((name, queue) -> watch(opened, name, queue));
    look(opened);
  }

  private void watch(Session in, LockName name, Watched queue) {
    queue.watch.close();
    queue.watch =
        in.watch(
            name.in(directory),
            snapshot -> {
              if (!closed && in.equals(session)) {
                queue.latest = snapshot;
                tellNext(in, queue);
              }
            });
  }

  private void tellNext(Session in, Watched queue) {
    Snapshot snapshot = queue.latest;
    if (queue.telling || snapshot == null) {
      return;
    }
    queue.latest = null;
    List<LockChange> changes = queue.changes.since(in, snapshot);
    if (changes.isEmpty()) {
      return;
    }
    queue.telling = true;
    told =
        told.thenRunAsync(
            () -> {
              changes.forEach(this::tell);
              coordinator.context().execute(() -> wasTold(queue));
            },
            coordinator.context().callbacks());
  }

  private void wasTold(Watched queue) {
    queue.telling = false;
    Session in = session;
    if (!closed && in != null) {
      tellNext(in, queue);
    }
  }

  private void tell(LockChange change) {
    if (!closed) {
      Observers.tell(observer, change);
    }
  }

  private void look(Session in) {
    nextLook.run();
    if (closed || in.state() == SessionState.LOST) {
      return;
    }
    in.names(directory, Consistency.SEQUENTIAL)
        .whenComplete(
            (names, failure) -> {
              if (closed || !in.equals(session)) {
                return;
              }
              if (failure == null) {
                named(in, names);
              }
              nextLook = in.context().schedule(LOOK_EVERY, () -> look(in));
            });
  }

  private void named(Session in, List<String> names) {
    Set<LockName> wanted = new HashSet<>();
    for (String segment : names) {
      LockName.ofSegment(segment)
          .filter(name -> name.text().startsWith(prefix))
          .ifPresent(wanted::add);
    }
    for (LockName name : wanted) {
      if (!queues.containsKey(name)) {
        Watched queue = new Watched(name);
        queues.put(name, queue);
        watch(in, name, queue);
      }
    }
    queues
        .entrySet()
        .removeIf(
            there -> {
              boolean over = !wanted.contains(there.getKey()) && there.getValue().isOver();
              if (over) {
                there.getValue().watch.close();
              }
              return over;
            });
  }

  /** Ends it; a call of the observer that has begun still finishes. Idempotent. */
  @Override
  public void close() {
    closed = true;
    stopSessions.run();
    coordinator
        .context()
        .execute(
            () -> {
              nextLook.run();
              queues.values().forEach(queue -> queue.watch.close());
              queues.clear();
            });
  }
}
