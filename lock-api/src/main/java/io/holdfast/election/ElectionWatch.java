package io.holdfast.election;

import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.lock.FencingToken;
import io.holdfast.spi.Observers;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A subscription to an election; see {@link Election#observe}. */
public final class ElectionWatch implements AutoCloseable {

  private final Key queue;
  private final Consumer<Optional<Leader>> observer;

  /** Used in the context only, as is {@link #latestTerm}. */
  private Watch watch = () -> {};

  /** A server that lags may show an earlier term, which must be ignored. */
  private FencingToken latestTerm = FencingToken.NONE;

  /** What the observer is told next. Guarded by this, as are all fields below. */
  private @Nullable View news;

  private @Nullable View told;
  private boolean telling;
  private boolean closed;
  private Runnable stop = () -> {};

  private record View(Optional<Leader> leader) {}

  ElectionWatch(Key queue, Consumer<Optional<Leader>> observer) {
    this.queue = queue;
    this.observer = observer;
  }

  void start(Coordinator coordinator) {
    Runnable stopSessions = coordinator.onSession(this::follow);
    synchronized (this) {
      stop =
          () -> {
            stopSessions.run();
            coordinator.context().execute(() -> watch.close());
          };
    }
  }

  private void follow(Session session) {
    watch.close();
    if (!isClosed()) {
      watch = session.watch(queue, snapshot -> seen(session, snapshot));
    }
  }

  private void seen(Session session, Snapshot snapshot) {
    Optional<Leader> leader = Leader.first(LockQueues.owners(session, snapshot));
    FencingToken term = leader.map(Leader::term).orElse(latestTerm);
    if (term.compareTo(latestTerm) < 0) {
      return;
    }
    latestTerm = term;
    synchronized (this) {
      if (closed) {
        return;
      }
      news = new View(leader);
      if (telling) {
        return;
      }
      telling = true;
    }
    session.context().callbacks().execute(this::tell);
  }

  private void tell() {
    while (true) {
      View next;
      synchronized (this) {
        next = news;
        news = null;
        if (next == null || closed) {
          telling = false;
          return;
        }
        if (next.equals(told)) {
          continue;
        }
        told = next;
      }
      Observers.tell(observer, next.leader());
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Ends it at once; a call of the observer that has begun still finishes. Idempotent. */
  @Override
  public void close() {
    Runnable end;
    synchronized (this) {
      closed = true;
      end = stop;
      stop = () -> {};
    }
    end.run();
  }
}
