package io.holdfast.zookeeper;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.DaemonThread;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Futures;
import io.holdfast.spi.KeyOrder;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.spi.SessionLife;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import io.holdfast.zookeeper.internal.client.AbandonedSessions;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.ConnectionObservers;
import io.holdfast.zookeeper.internal.directory.DirectoryWatch;
import io.holdfast.zookeeper.internal.directory.NamesWatch;
import io.holdfast.zookeeper.internal.directory.Reader;
import io.holdfast.zookeeper.internal.queue.LeaveOrder;
import io.holdfast.zookeeper.internal.queue.QueueNode;
import io.holdfast.zookeeper.internal.queue.Queues;
import io.holdfast.zookeeper.internal.read.DeletionWatches;
import io.holdfast.zookeeper.internal.read.Paths;
import io.holdfast.zookeeper.internal.read.QueueReader;
import io.holdfast.zookeeper.internal.read.SessionNames;
import io.holdfast.zookeeper.internal.read.Watches;
import io.holdfast.zookeeper.internal.session.Presence;
import io.holdfast.zookeeper.internal.session.ProvenLife;
import io.holdfast.zookeeper.internal.write.Commits;
import io.holdfast.zookeeper.internal.write.Directories;
import io.holdfast.zookeeper.internal.write.GuardedWriter;
import io.holdfast.zookeeper.internal.write.Heartbeat;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session with ZooKeeper: one ZooKeeper session, from its first connection to its end.
 *
 * <p>The parts: {@link Connection} sends and receives; {@link SessionLife} and {@link ProvenLife}
 * know how the session stands; {@link Heartbeat} keeps it alive; {@link GuardedWriter} sends writes
 * and settles lost replies; {@link Queues}, {@link Commits}, {@link DeletionWatches}, {@link
 * Reader} and {@link DirectoryWatch} do what their names say. All of them live in the context; what
 * is called from other threads is handed over first.
 */
final class ZooKeeperSession implements Session {

  private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperSession.class);

  /** What fits into one request, with room for everything around it. */
  private static final int LARGEST_REQUEST = 1_000_000;

  private final String id;
  private final Context context;
  private final Connection connection;
  private final Paths paths;
  private final AbandonedSessions leftovers;
  private final Duration timeout;
  private final SessionLife life;
  private final ProvenLife proven;
  private final ConnectionObservers connectionObservers = new ConnectionObservers();
  private final GuardedWriter writer;
  private final Heartbeat heartbeat;

  private final KeyOrder order = new KeyOrder();
  private final LeaveOrder leaves = new LeaveOrder(order);

  private final Queues queues;
  private final Commits commits;
  private final DeletionWatches goneWatches;
  private final Watches lastingWatches;
  private final Reader reader;

  /**
   * True while a watch would have told of the end of the presence node. Used in the context only.
   */
  private boolean presenceSeen;

  /** Used in the context only. */
  private final Set<DirectoryWatch> watches = new HashSet<>();

  private final CountDownLatch disconnected = new CountDownLatch(1);

  /**
   * A session whose presence node is there.
   *
   * @param opened a time before the session came to be
   * @param written when the presence node's creation was sent
   */
  ZooKeeperSession(
      String id,
      Connection connection,
      Presence presence,
      Paths paths,
      AbandonedSessions leftovers,
      Context context,
      long opened,
      long written) {
    this.id = id;
    this.leftovers = leftovers;
    this.context = context;
    this.connection = connection;
    this.paths = paths;
    this.timeout = connection.sessionTimeout();
    this.life = new SessionLife(context, id, written + Durations.nanos(timeout));
    this.proven = new ProvenLife(context, life, timeout, opened);
    QueueReader queueReader = new QueueReader(connection);
    this.writer = new GuardedWriter(connection, queueReader, context, life, proven, presence);
    Directories directories = new Directories(connection);
    this.goneWatches = new DeletionWatches(connection, context, connectionObservers);
    this.lastingWatches = new Watches(connection, context, connectionObservers);
    this.queues =
        new Queues(
            connection,
            queueReader,
            writer,
            directories,
            paths,
            connectionObservers,
            goneWatches,
            () -> presenceSeen,
            context,
            life);
    this.commits = new Commits(connection, writer, life, directories, goneWatches, paths, order);
    this.reader = new Reader(connection, writer, paths, new SessionNames(connection, paths));
    life.lost().thenAccept(this::ended);
    life.start();
    watchPresence(presence);
    this.heartbeat =
        new Heartbeat(connection, writer, life, proven, context, queues::areInUse, timeout);
    heartbeat.start();
  }

  // The connection's events, in the context.

  void disconnected() {
    proven.disconnected();
    writer.disconnected();
    connectionObservers.disconnected();
  }

  void reconnected() {
    proven.reconnected();
    writer.reconnected();
    connectionObservers.reconnected();
  }

  /** On any thread. */
  void expired() {
    life.lose(LossReason.EXPIRED);
  }

  /** The presence node's creation, sent at {@code sent}, was acknowledged. */
  void acknowledged(long sent) {
    proven.acknowledged(sent);
  }

  /** The client is at its end; what is ours goes when the time-out has passed. */
  void refused() {
    LOG.warn("session {} gets no other connection: ZooKeeper refuses the login", id);
    life.lose(LossReason.DEADLINE_PASSED);
  }

  /** If somebody removed it, or the session expired: the next write finds out which. */
  private void watchPresence(Presence presence) {
    Watcher watcher = this::presenceChanged;
    Runnable look =
        () ->
            connection
                .presence(presence.path(), watcher)
                .thenAccept(
                    reply -> {
                      presenceSeen = reply.isOk();
                      if (reply.isAbsent()) {
                        life.doubt();
                        writer.prove();
                      }
                    });
    connectionObservers.atEveryDetachment(() -> presenceSeen = false);
    connectionObservers.atEveryAttachment(look);
    look.run();
  }

  private void presenceChanged(WatchedEvent event) {
    if (event.getType() == Watcher.Event.EventType.NodeDeleted) {
      context.execute(
          () -> {
            presenceSeen = false;
            life.doubt();
            writer.prove();
          });
    }
  }

  /** What the servers say that a tick is; empty if they do not. In the context. */
  void tickIs(Optional<Duration> tick) {
    proven.tickIs(tick);
  }

  /** What the servers may still have after it, because nobody could tell them, is ended later. */
  private void ended(LossReason why) {
    watches.forEach(DirectoryWatch::abandon);
    watches.clear();
    Optional<AbandonedSessions.Leftover> leftover = connection.leftover();
    DaemonThread.start(
        "holdfast-zookeeper-close-" + id,
        () -> {
          connection.close();
          disconnected.countDown();
          if (why == LossReason.DEADLINE_PASSED) {
            context.execute(() -> leftover.ifPresent(leftovers::add));
          }
        });
  }

  // What callers see.

  @Override
  public String id() {
    return id;
  }

  @Override
  public SessionState state() {
    return life.state();
  }

  @Override
  public Duration timeout() {
    return timeout;
  }

  @Override
  public Duration remaining() {
    return proven.remaining();
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
  public String modeOf(String place) {
    return QueueNode.parse(place).map(QueueNode::mode).orElse(Claim.EXCLUSIVE);
  }

  @Override
  public boolean isPlace(String name) {
    return QueueNode.parse(name).isPresent();
  }

  @Override
  public String nativePath(Key key) {
    return paths.of(key);
  }

  @Override
  public CompletableFuture<Duration> prove() {
    return inContext(heartbeat::prove);
  }

  @Override
  public CompletableFuture<List<Place>> join(
      List<Claim> claims, List<Key> present, Payload payload) {
    List<Claim> each = List.copyOf(claims);
    if (each.stream().distinct().count() < each.size()) {
      throw new IllegalArgumentException("a queue at most once in each mode: " + claims);
    }
    checkSize((long) payload.size() * each.size());
    List<Key> conditions = List.copyOf(present);
    return this.<List<Place>>inContext(
        places ->
            proven
                .refusal()
                .ifPresentOrElse(
                    why -> places.completeExceptionally(new IllegalStateException(why)),
                    () -> leaves.join(each, () -> queues.join(each, conditions, payload, places))));
  }

  @Override
  public CompletableFuture<Optional<Place>> refresh(Place place) {
    return this.<Optional<Place>>inContext(
        looked -> Futures.pass(queues.waits().refresh(place), looked));
  }

  @Override
  public CompletableFuture<Optional<Place>> refreshAfter(Place place, Key ahead) {
    return queues.waits().refreshAfter(place, ahead);
  }

  @Override
  public CompletableFuture<Void> leave(List<Place> places) {
    List<Place> all = List.copyOf(places);
    return this.<Void>inContext(left -> leaves.leave(all, left, () -> queues.leave(all, left)))
        .exceptionally(lost -> null);
  }

  @Override
  public CompletableFuture<Committed> commit(Transaction transaction) {
    checkSize(
        transaction.writes().stream()
            .filter(Transaction.Put.class::isInstance)
            .mapToLong(put -> ((Transaction.Put) put).payload().size())
            .sum());
    CompletableFuture<Committed> committed = new CompletableFuture<>();
    committed.thenRun(() -> transaction.writes().forEach(this::written));
    context.execute(() -> commits.commit(transaction, committed));
    return committed;
  }

  private void written(Transaction.Write write) {
    if (write instanceof Transaction.Delete) {
      queues.gone(write.key());
    }
  }

  private static void checkSize(long bytes) {
    if (bytes > LARGEST_REQUEST) {
      throw new IllegalArgumentException(
          "ZooKeeper takes at most " + LARGEST_REQUEST + " bytes in one request, not " + bytes);
    }
  }

  @Override
  public CompletableFuture<Void> gone(Key key) {
    return this.<Void>inContext(
        gone -> {
          gone.thenRun(() -> queues.gone(key));
          goneWatches.watch(paths.of(key), gone);
        });
  }

  @Override
  public CompletableFuture<Snapshot> list(Key directory, Consistency consistency) {
    return this.<Snapshot>inContext(
        listed -> Futures.pass(reader.list(directory, consistency), listed));
  }

  @Override
  public CompletableFuture<List<String>> names(Key directory, Consistency consistency) {
    return this.<List<String>>inContext(
        named ->
            Futures.pass(
                reader.names(directory, consistency).thenApply(Reader.Listing::names), named));
  }

  @Override
  public Watch watch(Key directory, Consumer<? super Snapshot> sink) {
    DirectoryWatch watch =
        new DirectoryWatch(lastingWatches, reader, context, directory, paths.of(directory), sink);
    context.execute(
        () -> {
          if (!life.isLost()) {
            watches.add(watch);
            watch.start();
          }
        });
    return () -> {
      watch.close();
      context.execute(() -> watches.remove(watch));
    };
  }

  @Override
  public Watch watchNames(Key directory, Consumer<? super List<String>> sink) {
    NamesWatch watch =
        new NamesWatch(lastingWatches, reader, context, directory, paths.of(directory), sink);
    context.execute(
        () -> {
          if (!life.isLost()) {
            watch.start(life::atEnd);
          }
        });
    return watch;
  }

  /** Does {@code work} in the context; what it promises ends with the session. */
  private <T> CompletableFuture<T> inContext(Consumer<CompletableFuture<T>> work) {
    CompletableFuture<T> promise = new CompletableFuture<>();
    context.execute(
        () -> {
          life.endWithSession(promise);
          if (!promise.isDone()) {
            work.accept(promise);
          }
        });
    return promise;
  }

  @Override
  public void close() {
    life.lose(LossReason.CLOSED);
    try {
      if (!disconnected.await(Durations.nanos(timeout), TimeUnit.NANOSECONDS)) {
        LOG.warn("session {} was not closed in time; the servers will expire it", id);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
