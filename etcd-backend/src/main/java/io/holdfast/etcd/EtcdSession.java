package io.holdfast.etcd;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.etcd.internal.client.Backoff;
import io.holdfast.etcd.internal.directory.Directories;
import io.holdfast.etcd.internal.directory.DirectoryView;
import io.holdfast.etcd.internal.directory.NamesView;
import io.holdfast.etcd.internal.queue.Joins;
import io.holdfast.etcd.internal.queue.Leave;
import io.holdfast.etcd.internal.queue.QueueReader;
import io.holdfast.etcd.internal.queue.Queues;
import io.holdfast.etcd.internal.read.DeletionWatch;
import io.holdfast.etcd.internal.read.Keyspace;
import io.holdfast.etcd.internal.read.PlaceName;
import io.holdfast.etcd.internal.read.Reader;
import io.holdfast.etcd.internal.session.KeepAlive;
import io.holdfast.etcd.internal.session.Presence;
import io.holdfast.etcd.internal.session.SessionContext;
import io.holdfast.etcd.internal.write.CommitPlan;
import io.holdfast.etcd.internal.write.GuardedWriter;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Futures;
import io.holdfast.spi.KeyOrder;
import io.holdfast.spi.Place;
import io.holdfast.spi.QueueWaits;
import io.holdfast.spi.Session;
import io.holdfast.spi.SessionLife;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session: one lease, a presence key on it, and the operations.
 *
 * <p>All state is used in the context only; the public methods hand over to it. What is unfinished
 * when the session is lost ends then, whatever the network does.
 */
final class EtcdSession implements Session {

  private static final Logger LOG = LoggerFactory.getLogger(EtcdSession.class);
  private static final Duration REVOKE_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_REVOKE_PAUSE = Duration.ofSeconds(1);

  /** Where commits leave traces; no segment of an application's begins with a dot. */
  private static final Key TRACES = Key.of(".traces");

  private final SessionContext scope;
  private final Context context;
  private final SessionLife life;
  private final Keyspace keyspace;
  private final long lease;
  private final KeepAlive keepAlive;
  private final Reader reader;
  private final Presence presence;
  private final GuardedWriter writer;
  private final Queues queues;
  private final QueueReader queueReader;
  private final QueueWaits waits;
  private final Joins joins;
  private final Directories directories;
  private final DeletionWatch presenceGone;
  private final KeyOrder order = new KeyOrder();

  private final CompletableFuture<Void> revoked = new CompletableFuture<>();
  private boolean vanishing;

  EtcdSession(SessionContext scope, Keyspace keyspace, Presence.Lease owned) {
    this.scope = scope;
    this.context = scope.context();
    this.life = scope.life();
    this.keyspace = keyspace;
    this.lease = owned.id();
    this.keepAlive = new KeepAlive(scope, lease);
    this.reader = new Reader(scope);
    this.presence = new Presence(scope, owned, this::presenceVanished);
    this.writer = new GuardedWriter(scope, presence, reader, keyspace.below(TRACES.child(id())));
    this.queues = new Queues(keyspace, lease);
    this.queueReader = new QueueReader(scope, reader, keyspace);
    this.waits = new QueueWaits(context, queues.own(), life, queueReader);
    this.joins = new Joins(order, scope, writer, presence, reader, queues, waits);
    this.directories = new Directories(keyspace, reader);
    this.presenceGone =
        new DeletionWatch(scope, reader, owned.key(), OptionalLong.empty(), this::presenceVanished);
  }

  /** Begins to live. In the context. */
  void start() {
    life.lost().whenComplete((why, none) -> ended(why));
    life.start();
    keepAlive.start();
    presenceGone.start();
  }

  @Override
  public String id() {
    return Long.toHexString(lease);
  }

  @Override
  public SessionState state() {
    return life.state();
  }

  @Override
  public Duration timeout() {
    return scope.ttl();
  }

  @Override
  public Duration remaining() {
    return life.untilDeadline();
  }

  @Override
  public CompletionStage<LossReason> lost() {
    return life.lost();
  }

  @Override
  public Runnable onState(Consumer<SessionState> observer) {
    return life.onState(observer);
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public CompletableFuture<Duration> prove() {
    return run(() -> keepAlive.renew().thenApply(proven -> life.untilDeadline()));
  }

  @Override
  public CompletableFuture<List<Place>> join(
      List<Claim> claims, List<Key> present, Payload payload) {
    Joins.check(claims);
    return run(() -> joins.join(List.copyOf(claims), List.copyOf(present), payload));
  }

  @Override
  public CompletableFuture<Optional<Place>> refresh(Place place) {
    return run(() -> afterWrites(place.key(), () -> waits.refresh(place)));
  }

  @Override
  public CompletableFuture<Optional<Place>> refreshAfter(Place place, Key ahead) {
    return waits.refreshAfter(place, ahead);
  }

  @Override
  public CompletableFuture<Void> leave(List<Place> places) {
    List<Key> keys = places.stream().map(Place::key).toList();
    return run(() ->
            inOrder(
                List.of(),
                keys,
                () -> queues.leaving(keys, new Leave(scope, writer, keyspace, keys).start())))
        .exceptionally(lost -> null);
  }

  @Override
  public CompletableFuture<Committed> commit(Transaction transaction) {
    CommitPlan commit = new CommitPlan(writer, presence, keyspace, transaction);
    return run(
        () ->
            inOrder(
                commit.reads(),
                commit.writes(),
                () ->
                    commit
                        .start()
                        .thenApply(
                            committed -> {
                              queues.left(commit.deletes());
                              return committed;
                            })),
        () -> commit.failureOnLoss(life));
  }

  @Override
  public CompletableFuture<Void> gone(Key key) {
    CompletableFuture<Void> absent = new CompletableFuture<>();
    context.execute(
        () -> {
          life.endWithSession(absent);
          if (!absent.isDone()) {
            Runnable stop =
                queueReader.watch(
                    key,
                    () -> {
                      queues.own().gone(key);
                      absent.complete(null);
                    });
            absent.whenComplete((done, failure) -> context.execute(stop));
          }
        });
    return absent;
  }

  @Override
  public CompletableFuture<Snapshot> list(Key directory, Consistency consistency) {
    return run(() -> afterWrites(directory, () -> directories.list(directory, consistency)));
  }

  @Override
  public CompletableFuture<List<String>> names(Key directory, Consistency consistency) {
    return run(() -> afterWrites(directory, () -> directories.names(directory, consistency)));
  }

  @Override
  public Watch watch(Key directory, Consumer<? super Snapshot> sink) {
    DirectoryView view = new DirectoryView(scope, reader, directories, directory, sink);
    context.execute(
        () -> {
          view.onClose(life.atEnd(view::close));
          view.start();
        });
    return view::close;
  }

  @Override
  public Watch watchNames(Key directory, Consumer<? super List<String>> sink) {
    NamesView view = new NamesView(scope, reader, directories, directory, sink);
    context.execute(
        () -> {
          view.onClose(life.atEnd(view::close));
          view.start();
        });
    return view::close;
  }

  @Override
  public String modeOf(String place) {
    return PlaceName.mode(place);
  }

  @Override
  public String nativePath(Key key) {
    return keyspace.path(key);
  }

  private <T> CompletableFuture<T> run(Supplier<CompletableFuture<T>> operation) {
    return run(operation, life::failure);
  }

  private <T> CompletableFuture<T> inOrder(
      List<Key> reads, List<Key> writes, Supplier<CompletableFuture<T>> operation) {
    CompletableFuture<T> over = new CompletableFuture<>();
    order.run(reads, writes, over, () -> Futures.pass(operation.get(), over));
    return over;
  }

  private <T> CompletableFuture<T> afterWrites(Key top, Supplier<CompletableFuture<T>> look) {
    CompletableFuture<T> over = new CompletableFuture<>();
    order.afterWrites(top, () -> Futures.pass(look.get(), over));
    return over;
  }

  /** Runs an operation in the context; if the session is lost first, it fails with that. */
  private <T> CompletableFuture<T> run(
      Supplier<CompletableFuture<T>> operation, Supplier<RuntimeException> loss) {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.execute(
        () -> {
          life.endWithSession(result, loss);
          if (!result.isDone()) {
            Futures.pass(operation.get(), result);
          }
        });
    return result;
  }

  /** The presence key is gone or another's: finds out why, and ends the session. */
  private void presenceVanished() {
    if (vanishing || life.isLost()) {
      return;
    }
    vanishing = true;
    life.doubt();
    scope
        .connection()
        .hasLease(lease, scope.requestTimeout())
        .whenComplete(
            (there, failure) ->
                life.lose(failure == null && !there ? LossReason.EXPIRED : LossReason.REVOKED));
  }

  private void ended(LossReason why) {
    LOG.debug("session {} ended: {}", id(), why);
    if (why == LossReason.EXPIRED) {
      LOG.warn(
          "etcd ended the lease of session {} before its time: somebody revoked it, or a server"
              + " that had led, and stood still for longer than {}, went on; see that no server"
              + " does",
          id(),
          Durations.text(scope.ttl()));
    }
    keepAlive.stop();
    presenceGone.stop();
    if (why == LossReason.EXPIRED) {
      revoked.complete(null);
    } else {
      revoke(REVOKE_PAUSE);
    }
  }

  /**
   * Gives the lease back, so that others, and we ourselves, need not wait until it expires. That is
   * safe: who held by it knows that it is over. There is no bound but the client's end, for an
   * outage of etcd does not end leases: after it they last for their whole time again.
   */
  private void revoke(Duration pause) {
    scope
        .connection()
        .revoke(lease, scope.requestTimeout())
        .whenComplete(
            (done, failure) -> {
              if (done) {
                revoked.complete(null);
              } else {
                scope.after(pause, () -> revoke(Backoff.next(pause, LONGEST_REVOKE_PAUSE)));
              }
            });
  }

  @Override
  public void close() {
    life.lose(LossReason.CLOSED);
    try {
      revoked
          .copy()
          .completeOnTimeout(null, Durations.nanos(scope.ttl()), TimeUnit.NANOSECONDS)
          .get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
