package io.holdfast.etcd;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Futures;
import io.holdfast.spi.KeyOrder;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.spi.SessionLife;
import io.holdfast.spi.SessionPlaces;
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
    this.queueReader = new QueueReader(reader, keyspace);
    this.joins = new Joins(order, this::newWave);
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
    if (claims.stream().distinct().count() < claims.size()) {
      throw new IllegalArgumentException(
          "a join names a queue at most once in each mode: " + claims);
    }
    if (claims.size() > Join.MOST_QUEUES) {
      throw new IllegalArgumentException(
          "etcd takes at most " + Join.MOST_QUEUES + " places in a join");
    }
    return run(() -> joins.join(List.copyOf(claims), List.copyOf(present), payload));
  }

  private JoinBatch newWave(List<Claim> claims, List<Key> present) {
    return new JoinBatch(
        scope, writer, presence, queues, queueReader, this::newJoin, claims, present);
  }

  private Join newJoin(
      List<Claim> claims, List<Key> present, Payload payload, List<Integer> limits) {
    return new Join(scope, writer, presence, reader, queues, claims, present, payload, limits);
  }

  @Override
  public CompletableFuture<Optional<Place>> refresh(Place place) {
    return run(() -> afterWrites(place.key(), () -> look(place)));
  }

  private CompletableFuture<Optional<Place>> look(Place place) {
    return queues.own().has(place.key())
        ? noted(place, queueReader.look(place))
        : CompletableFuture.completedFuture(Optional.empty());
  }

  /** What a look has shown is known from then on. */
  private CompletableFuture<Optional<Place>> noted(
      Place place, CompletableFuture<Optional<Place>> look) {
    return look.thenApply(
        found -> {
          if (found.isEmpty()) {
            queues.own().gone(place.key());
          } else if (found.get().isFirst()) {
            queues.own().isFirst(place.key());
          }
          return found.map(queues.own()::sparing);
        });
  }

  /**
   * For a place of the session's own there is no watch, which with jetcd is a stream of its own. If
   * nobody else can be ahead, only the own place is looked at.
   */
  @Override
  public CompletableFuture<Optional<Place>> refreshAfter(Place place, Key ahead) {
    CompletableFuture<Optional<Place>> looked = new CompletableFuture<>();
    Waiting waiting = new Waiting(place, ahead, looked);
    context.execute(waiting::start);
    looked.whenComplete((found, failure) -> context.execute(waiting::stop));
    return looked;
  }

  /** However many wait behind it, this is one stream. */
  private void watchOwn(Key place) {
    DeletionWatch watching =
        new DeletionWatch(
            scope,
            reader,
            keyspace.bytes(place),
            Keyspace.created(place),
            () -> queues.own().gone(place));
    Runnable forget = life.atEnd(watching::stop);
    queues
        .own()
        .whenGone(
            place,
            ending -> {
              forget.run();
              watching.stop();
            });
    watching.start();
  }

  /** One wait for the end of somebody ahead. */
  private final class Waiting {
    private final Place place;
    private final Key ahead;
    private final CompletableFuture<Optional<Place>> looked;
    private Runnable stop = () -> {};

    Waiting(Place place, Key ahead, CompletableFuture<Optional<Place>> looked) {
      this.place = place;
      this.ahead = ahead;
      this.looked = looked;
    }

    void start() {
      life.endWithSession(looked);
      if (!looked.isDone()) {
        stop = queues.own().whenGone(ahead, this::ended).orElseGet(this::watch);
        if (queues.own().hasToBeWatched(ahead, place)) {
          watchOwn(ahead);
        }
      }
    }

    private Runnable watch() {
      boolean isOnly = place.countAhead() == 1;
      SessionPlaces.Ending ending =
          isOnly ? SessionPlaces.Ending.WAS_FIRST : SessionPlaces.Ending.MAY_HAVE_WAITED;
      DeletionWatch watching =
          new DeletionWatch(
              scope, reader, keyspace.bytes(ahead), Keyspace.created(ahead), () -> ended(ending));
      watching.start();
      return watching::stop;
    }

    private void ended(SessionPlaces.Ending ending) {
      if (looked.isDone()) {
        return;
      }
      boolean nobodyElse =
          ending == SessionPlaces.Ending.WAS_FIRST
              && place.claim().shown() == Claim.Shown.NEAREST
              && place.ahead().get(place.ahead().size() - 1).key().equals(ahead);
      Futures.pass(nobodyElse ? noted(place, lookAtOwn()) : look(place), looked);
    }

    private CompletableFuture<Optional<Place>> lookAtOwn() {
      return queueReader
          .isThere(place)
          .thenApply(there -> there ? Optional.of(place.withAhead(List.of())) : Optional.empty());
    }

    void stop() {
      stop.run();
    }
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
    Runnable isGone =
        () -> {
          queues.own().gone(key);
          absent.complete(null);
        };
    DeletionWatch watching =
        new DeletionWatch(scope, reader, keyspace.bytes(key), Keyspace.created(key), isGone);
    context.execute(
        () -> {
          life.endWithSession(absent);
          if (!absent.isDone()) {
            watching.start();
          }
        });
    absent.whenComplete((done, failure) -> context.execute(watching::stop));
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
