package io.holdfast.coordination.internal;

import io.holdfast.coordination.CoordinationEvent.Outcome;
import io.holdfast.coordination.CoordinationEvent.RequestDone;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A session that tells how long each request took, while there is somebody to tell. */
public final class TimedSession implements Session {

  private final Session session;
  private final Listeners listeners;

  public TimedSession(Session session, Listeners listeners) {
    this.session = session;
    this.listeners = listeners;
  }

  private <T> CompletableFuture<T> timed(String operation, Supplier<CompletableFuture<T>> request) {
    if (listeners.isEmpty()) {
      return request.get();
    }
    long began = session.context().nanoTime();
    CompletableFuture<T> answer = request.get();
    answer.whenComplete(
        (done, failure) -> {
          Duration took = Duration.ofNanos(session.context().nanoTime() - began);
          listeners.tell(() -> new RequestDone(operation, took, outcome(failure)));
        });
    return answer;
  }

  private static Outcome outcome(@Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause == null) {
      return Outcome.DONE;
    }
    if (cause instanceof GuardFailedException) {
      return Outcome.REFUSED;
    }
    return cause instanceof IndeterminateException ? Outcome.UNKNOWN : Outcome.NOT_DONE;
  }

  @Override
  public CompletableFuture<Duration> prove() {
    return timed("prove", session::prove);
  }

  @Override
  public CompletableFuture<List<Place>> join(
      List<Claim> claims, List<Key> present, Payload payload) {
    return timed("join", () -> session.join(claims, present, payload));
  }

  @Override
  public CompletableFuture<Optional<Place>> refresh(Place place) {
    return timed("refresh", () -> session.refresh(place));
  }

  @Override
  public CompletableFuture<Void> leave(List<Place> places) {
    return timed("leave", () -> session.leave(places));
  }

  @Override
  public CompletableFuture<Committed> commit(Transaction transaction) {
    return timed("commit", () -> session.commit(transaction));
  }

  @Override
  public CompletableFuture<Snapshot> list(Key directory, Consistency consistency) {
    return timed("list", () -> session.list(directory, consistency));
  }

  @Override
  public CompletableFuture<List<String>> names(Key directory, Consistency consistency) {
    return timed("names", () -> session.names(directory, consistency));
  }

  // What follows is no request, or waits for others.

  @Override
  public CompletableFuture<Void> gone(Key key) {
    return session.gone(key);
  }

  @Override
  public CompletableFuture<Optional<Place>> refreshAfter(Place place, Key ahead) {
    return session.refreshAfter(place, ahead);
  }

  @Override
  public Watch watch(Key directory, Consumer<? super Snapshot> sink) {
    return session.watch(directory, sink);
  }

  @Override
  public Watch watchNames(Key directory, Consumer<? super List<String>> sink) {
    return session.watchNames(directory, sink);
  }

  @Override
  public String id() {
    return session.id();
  }

  @Override
  public SessionState state() {
    return session.state();
  }

  @Override
  public Duration timeout() {
    return session.timeout();
  }

  @Override
  public Duration remaining() {
    return session.remaining();
  }

  @Override
  public CompletionStage<LossReason> lost() {
    return session.lost();
  }

  @Override
  public Runnable onState(Consumer<SessionState> observer) {
    return session.onState(observer);
  }

  @Override
  public Context context() {
    return session.context();
  }

  @Override
  public String modeOf(String place) {
    return session.modeOf(place);
  }

  @Override
  public boolean isPlace(String name) {
    return session.isPlace(name);
  }

  @Override
  public String nativePath(Key key) {
    return session.nativePath(key);
  }

  @Override
  public void close() {
    session.close();
  }

  @Override
  public void closeInBackground() {
    session.closeInBackground();
  }

  @Override
  public String toString() {
    return session.toString();
  }
}
