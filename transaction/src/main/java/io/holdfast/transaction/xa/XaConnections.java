package io.holdfast.transaction.xa;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;

/** Connections that are not in use, the one used last on top. Thread-safe; opening one blocks. */
final class XaConnections<C> implements AutoCloseable {

  private static final int MOST_IDLE = 64;

  private record Idle<C>(XaConnection<C> connection, long since) {
    boolean isFresh() {
      return connection.isFresh(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since));
    }
  }

  private final XaConnection.Source<C> source;

  /** Guarded by itself, as is whether it takes more. */
  private final Deque<Idle<C>> idle = new ArrayDeque<>();

  private boolean closed;

  XaConnections(XaConnection.Source<C> source) {
    this.source = source;
  }

  XaConnection<C> take() throws XAException {
    for (Idle<C> next = poll(); next != null; next = poll()) {
      if (next.isFresh()) {
        return next.connection();
      }
      next.connection().close();
    }
    return source.open();
  }

  private @Nullable Idle<C> poll() {
    synchronized (idle) {
      return idle.poll();
    }
  }

  /**
   * Takes one back.
   *
   * @param good if nothing has failed on it and no branch is in it; if not, it is closed
   */
  void give(XaConnection<C> connection, boolean good) {
    synchronized (idle) {
      if (good && !closed && idle.size() < MOST_IDLE) {
        idle.push(new Idle<>(connection, System.nanoTime()));
        return;
      }
    }
    connection.close();
  }

  @Override
  public void close() {
    Deque<Idle<C>> left;
    synchronized (idle) {
      closed = true;
      left = new ArrayDeque<>(idle);
      idle.clear();
    }
    left.forEach(each -> each.connection().close());
  }
}
