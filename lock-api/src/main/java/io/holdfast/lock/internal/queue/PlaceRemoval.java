package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import java.util.concurrent.CompletableFuture;

/**
 * Leaves places and deletes their marks in one transaction, so nobody sees one without the other.
 * It is retried until it is done or the session is over; leaving twice does no harm.
 */
final class PlaceRemoval {

  private final Session session;
  private final Transaction transaction;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private int failures;

  /** Whether the end of the session also ends this removal. Used in the context only. */
  private boolean followed;

  PlaceRemoval(QueuePosition queuePosition) {
    this.session = queuePosition.session();
    Transaction removal = Transaction.EMPTY;
    for (Place place : queuePosition.places()) {
      removal = removal.delete(place.key());
    }
    for (Key mark : queuePosition.marks()) {
      removal = removal.delete(mark);
    }
    this.transaction = removal;
  }

  /** Completes as {@link Session#leave} does; never fails. */
  CompletableFuture<Void> start() {
    leave();
    return done;
  }

  private void leave() {
    session
        .commit(transaction)
        .whenComplete(
            (committed, failure) -> {
              if (failure == null || isOver(failure)) {
                done.complete(null);
              } else {
                noTimerOutlivesTheSession();
                session
                    .context()
                    .schedule(Backoff.pause(failures++, session.context().random()), this::leave);
              }
            });
  }

  private void noTimerOutlivesTheSession() {
    if (!followed) {
      followed = true;
      session.lost().thenRun(() -> done.complete(null));
    }
  }

  private boolean isOver(Throwable failure) {
    return session.state() == SessionState.LOST
        || Acquisition.unwrap(failure) instanceof SessionLostException;
  }
}
