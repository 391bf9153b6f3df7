package io.holdfast.registry.lease;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that this gateway is alive, by a key that goes with its session, and which others are. Used
 * in the coordinator's context, but for {@link #alive}.
 */
final class Presence implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
  private static final Key DIRECTORY = Key.of("gateways");
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Coordinator coordinator;
  private final Key mine;
  private @Nullable Session session;
  private Watch watch = () -> {};
  private Runnable stopSessions = () -> {};
  private boolean closed;

  /** Empty while it is unknown. Written in the context. */
  private volatile Optional<Set<String>> alive = Optional.empty();

  Presence(Coordinator coordinator, String name) {
    this.coordinator = coordinator;
    this.mine = DIRECTORY.child(name);
  }

  void start() {
    coordinator
        .context()
        .execute(
            () -> {
              if (!closed) {
                stopSessions = coordinator.onSession(this::opened);
              }
            });
  }

  /** The gateways that are alive, by name; empty while the store cannot be heard. */
  Optional<Set<String>> alive() {
    return alive;
  }

  private void opened(Session next) {
    if (closed) {
      return;
    }
    watch.close();
    alive = Optional.empty();
    session = next;
    next.onState(
        state -> {
          if (next == session && state != SessionState.ACTIVE) {
            alive = Optional.empty();
          }
        });
    announce(next);
  }

  /** Watches only once its own key is there: who is not among the living does not judge. */
  private void announce(Session on) {
    if (on != session || closed) {
      return;
    }
    on.commit(Transaction.EMPTY.putForSession(mine, Payload.EMPTY))
        .whenComplete(
            (done, failure) -> {
              if (on != session || closed) {
                return;
              }
              if (failure == null) {
                watch = on.watch(DIRECTORY, there -> heard(on, there.entries()));
              } else if (on.state() != SessionState.LOST) {
                LOG.debug("this gateway is not announced yet", failure);
                coordinator.context().schedule(PAUSE, () -> announce(on));
              }
            });
  }

  private void heard(Session from, Iterable<Entry> entries) {
    if (from == session && from.state() == SessionState.ACTIVE) {
      Set<String> names = new HashSet<>();
      entries.forEach(entry -> names.add(entry.key().name()));
      alive = Optional.of(names);
    }
  }

  @Override
  public void close() {
    coordinator
        .context()
        .execute(
            () -> {
              closed = true;
              stopSessions.run();
              watch.close();
              alive = Optional.empty();
              if (session != null) {
                session.commit(Transaction.EMPTY.delete(mine));
              }
            });
  }
}
