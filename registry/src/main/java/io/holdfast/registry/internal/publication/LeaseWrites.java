package io.holdfast.registry.internal.publication;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.registry.internal.Backoff;
import io.holdfast.registry.internal.publication.InstanceMarkers.Goodbye;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * Writes entries that live by a lease. Every write is the same however often it is made, so an
 * unknown outcome is tried again, for as long as patience lasts.
 */
public final class LeaseWrites {

  private static final int AT_A_TIME = 50;

  private final Coordinator coordinator;
  private final Duration patience;
  private final Clock clock = Clock.systemUTC();

  public LeaseWrites(Coordinator coordinator, Duration patience) {
    this.coordinator = coordinator;
    this.patience = patience;
  }

  /**
   * Puts an entry, whether or not one with a lease is there.
   *
   * @param expected whether one is thought to be there; a mistake costs two round trips
   * @return false if a session has the entry: it stays as it is
   */
  public CompletableFuture<Boolean> put(Key key, Payload payload, boolean expected) {
    Transaction.Guard guard = expected ? new Transaction.Exists(key) : new Transaction.Absent(key);
    return commit(Transaction.EMPTY.require(guard).put(key, payload))
        .thenCompose(
            done -> done ? CompletableFuture.completedFuture(true) : putAsFound(key, payload));
  }

  private CompletableFuture<Boolean> putAsFound(Key key, Payload payload) {
    return list(key.parent())
        .thenCompose(
            there -> {
              boolean taken =
                  there.entries().stream()
                      .anyMatch(one -> one.key().equals(key) && one.session().isPresent());
              return taken
                  ? CompletableFuture.completedFuture(false)
                  : commit(Transaction.EMPTY.put(key, payload));
            });
  }

  private CompletableFuture<Snapshot> list(Key directory) {
    return attempting(
        session -> session.list(directory, Consistency.LINEARIZABLE),
        new CompletableFuture<Snapshot>());
  }

  /** Puts an entry in place of one; false if there is none. */
  public CompletableFuture<Boolean> replace(Key key, Payload payload) {
    return commit(Transaction.EMPTY.require(new Transaction.Exists(key)).put(key, payload));
  }

  /** Removes an entry and leaves a goodbye; false if there is none. */
  public CompletableFuture<Boolean> remove(Key key, Revision epoch) {
    return commit(
        Transaction.EMPTY
            .require(new Transaction.Exists(key))
            .delete(key)
            .put(
                InstanceMarkers.left(key),
                InstanceMarkers.encode(new Goodbye(epoch, clock.instant()))));
  }

  /**
   * Removes those entries of a directory, of the ids, that {@code late} still finds late when they
   * are read anew, unless they change meanwhile. Leaves no goodbye.
   */
  public CompletableFuture<Void> expire(
      Key directory, Set<String> ids, BiPredicate<String, Payload> late) {
    return list(directory)
        .thenCompose(
            there -> {
              List<Entry> found = new ArrayList<>();
              for (Entry entry : there.entries()) {
                String id = entry.key().name();
                if (ids.contains(id)
                    && entry.session().isEmpty()
                    && late.test(id, entry.payload())) {
                  found.add(entry);
                }
              }
              return removeAll(found);
            });
  }

  private CompletableFuture<Void> removeAll(List<Entry> entries) {
    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    for (Entry entry : entries.subList(0, Math.min(AT_A_TIME, entries.size()))) {
      all.add(
          commit(
              Transaction.EMPTY
                  .require(new Transaction.Unmodified(entry.key(), entry.modified()))
                  .delete(entry.key())));
    }
    CompletableFuture<Void> some =
        CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
    return entries.size() <= AT_A_TIME
        ? some
        : some.thenCompose(done -> removeAll(entries.subList(AT_A_TIME, entries.size())));
  }

  /**
   * False if a guard did not hold. After an unknown outcome the guard may fail for our own write.
   */
  private CompletableFuture<Boolean> commit(Transaction transaction) {
    return attempting(
            session -> session.commit(transaction).thenApply(done -> true),
            new CompletableFuture<Boolean>())
        .exceptionally(
            failure -> {
              if (cause(failure) instanceof GuardFailedException) {
                return false;
              }
              throw new CompletionException(cause(failure));
            });
  }

  private <T> CompletableFuture<T> attempting(
      Function<Session, CompletableFuture<T>> request, CompletableFuture<T> done) {
    Context context = coordinator.context();
    Runnable stop =
        context.schedule(
            patience,
            () ->
                done.completeExceptionally(
                    new UnavailableException(
                        "the store did not answer within " + Durations.text(patience))));
    done.whenComplete((value, failure) -> stop.run());
    attempt(request, new Backoff(context.random()), done);
    return done;
  }

  private <T> void attempt(
      Function<Session, CompletableFuture<T>> request, Backoff backoff, CompletableFuture<T> done) {
    if (done.isDone()) {
      return;
    }
    coordinator
        .session()
        .thenCompose(request)
        .whenComplete(
            (value, failure) -> {
              if (failure == null) {
                done.complete(value);
              } else if (mayPass(cause(failure)) && !coordinator.isClosed()) {
                coordinator
                    .context()
                    .schedule(backoff.next(), () -> attempt(request, backoff, done));
              } else {
                done.completeExceptionally(cause(failure));
              }
            });
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static boolean mayPass(Throwable cause) {
    return cause instanceof UnavailableException
        || cause instanceof IndeterminateException
        || cause instanceof SessionLostException;
  }
}
