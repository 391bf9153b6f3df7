package io.holdfast.registry;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.registry.internal.format.HoldfastFormat;
import io.holdfast.registry.internal.format.InstanceJson;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A session whose watch and lists say what the test tells them to; what it is given to commit goes
 * nowhere.
 */
public final class ScriptedSession implements Session {

  /** Lists that nobody has answered yet, oldest first. */
  public final Deque<CompletableFuture<Snapshot>> lists = new ArrayDeque<>();

  private final CompletableFuture<LossReason> lost = new CompletableFuture<>();
  private final String id;
  private final Context context;
  private Consumer<SessionState> observer = state -> {};
  private Consumer<? super Snapshot> sink = snapshot -> {};
  private SessionState state = SessionState.ACTIVE;

  public ScriptedSession(String id, Context context) {
    this.id = id;
    this.context = context;
  }

  /** A snapshot of the service {@code s}: instances that were created at revision 1. */
  public static Snapshot snapshot(long revision, String... ids) {
    Key directory = HoldfastFormat.DIRECTORY.child("s");
    return new Snapshot(
        directory,
        new Revision(revision),
        Arrays.stream(ids).map(id -> entry(directory.child(id))).toList());
  }

  private static Entry entry(Key key) {
    Payload payload = InstanceJson.encode(ServiceInstance.of("s", key.name(), "h"));
    return new Entry(key, payload, new Revision(1), new Revision(1), Optional.empty());
  }

  void deliver(Snapshot snapshot) {
    context.execute(() -> sink.accept(snapshot));
  }

  void enter(SessionState next) {
    state = next;
    context.execute(() -> observer.accept(next));
    if (next == SessionState.LOST) {
      context.execute(() -> lost.complete(LossReason.EXPIRED));
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public SessionState state() {
    return state;
  }

  @Override
  public Duration timeout() {
    return Duration.ofSeconds(10);
  }

  @Override
  public Duration remaining() {
    return timeout();
  }

  @Override
  public CompletionStage<LossReason> lost() {
    return lost;
  }

  @Override
  public Runnable onState(Consumer<SessionState> newObserver) {
    observer = newObserver;
    return () -> observer = state -> {};
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public CompletableFuture<Snapshot> list(Key directory, Consistency consistency) {
    CompletableFuture<Snapshot> answer = new CompletableFuture<>();
    lists.add(answer);
    return answer;
  }

  @Override
  public Watch watch(Key directory, Consumer<? super Snapshot> newSink) {
    sink = newSink;
    return () -> {};
  }

  @Override
  public Watch watchNames(Key directory, Consumer<? super List<String>> newSink) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Duration> prove() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<List<Place>> join(
      List<Claim> claims, List<Key> present, Payload payload) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Optional<Place>> refresh(Place place) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Void> leave(List<Place> places) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Committed> commit(Transaction transaction) {
    return CompletableFuture.completedFuture(new Committed(new Revision(1)));
  }

  @Override
  public CompletableFuture<Void> gone(Key key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<List<String>> names(Key directory, Consistency consistency) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String modeOf(String place) {
    return Claim.EXCLUSIVE;
  }

  @Override
  public String nativePath(Key key) {
    return key.path();
  }

  @Override
  public void close() {}
}
