package io.holdfast.payment.ledger.internal;

import io.holdfast.lock.FencingToken;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.OutcomeUnknownException;
import io.holdfast.payment.ledger.StaleOwnerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that works on some of the shards of a database, one batch after the other, over a
 * connection of its own. What comes while a batch is under way shares the next, so the more there
 * is to do, the less each of it costs; and no two tasks of a shard ever wait for each other's rows.
 */
final class Lane implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  /** So many tasks share a commit at most. */
  private static final int BATCH = 256;

  /** So many tasks of a shard may wait, so that one account leaves room to the other shards. */
  private static final int WAITING = 1_000;

  /** Where a lane's connection comes from. */
  interface Source {
    /** A new one, that commits when it is told to. */
    Connection open() throws SQLException;
  }

  private final String database;
  private final Source source;
  private final String node;
  private final Duration deadline;
  private final InstantSource clock;
  private final BlockingQueue<Task<?>> waiting = new LinkedBlockingQueue<>();
  private final Map<Integer, AtomicInteger> waitingOf = new ConcurrentHashMap<>();
  private final Map<Integer, FencingToken> tokens = new ConcurrentHashMap<>();

  /** Of shards that move, or have moved from here. */
  private final Map<Integer, ShardGate> gates = new ConcurrentHashMap<>();

  private final Thread thread;
  private volatile boolean closed;

  /** Used by the thread only; kept as long as nothing fails. */
  private @Nullable Connection connection;

  Lane(
      String name,
      String database,
      Source source,
      String node,
      Duration deadline,
      InstantSource clock) {
    this.database = database;
    this.source = source;
    this.node = node;
    this.deadline = deadline;
    this.clock = clock;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** From now on tasks of this shard are done, by the right of this token. */
  void own(int shard, FencingToken token) {
    gates.computeIfPresent(shard, (same, gate) -> gate.leadsOnward() ? null : gate);
    tokens.put(shard, token);
  }

  /** The shard is in another database. */
  void disown(int shard) {
    tokens.remove(shard);
  }

  /** From now on tasks of this shard are refused, unless it is owned by another token by now. */
  void disown(int shard, FencingToken token) {
    tokens.remove(shard, token);
  }

  Set<Integer> owned() {
    return Set.copyOf(tokens.keySet());
  }

  @Nullable FencingToken token(int shard) {
    return tokens.get(shard);
  }

  /**
   * Has it done with others.
   *
   * @return fails with {@link RejectedExecutionException} if too much of the shard waits, and with
   *     {@link ShardMovedException} if it is for another database; then nothing was begun
   */
  <T> CompletableFuture<T> add(Task<T> task) {
    if (!task.database().orElse(database).equals(database)) {
      task.fail(new ShardMovedException(task.shard()));
      return task.done();
    }
    AtomicInteger queued = waitingOf.computeIfAbsent(task.shard(), none -> new AtomicInteger());
    if (closed || queued.incrementAndGet() > WAITING) {
      queued.decrementAndGet();
      task.fail(new RejectedExecutionException("too many requests of this shard wait"));
      return task.done();
    }
    waiting.add(task);
    if (closed) {
      failLeft();
    }
    return task.done();
  }

  /**
   * Puts a gate before a shard's tasks, which records what they change from now on.
   *
   * @throws LedgerUnavailableException if there is one
   */
  ShardGate gate(int shard) {
    ShardGate gate = new ShardGate(this);
    if (gates.putIfAbsent(shard, gate) != null) {
      throw new LedgerUnavailableException("shard " + shard + " is moving already", null);
    }
    return gate;
  }

  void remove(int shard, ShardGate gate) {
    gates.remove(shard, gate);
  }

  /** Completes when all is committed, or has failed, that had passed the gates before. */
  CompletableFuture<Boolean> passed() {
    Marker marker = new Marker();
    waiting.add(marker);
    if (closed) {
      failLeft();
    }
    return marker.done();
  }

  /** Does nothing. */
  private static final class Marker extends Task<Boolean> {
    Marker() {
      super(-1);
    }

    @Override
    Wanted wanted() {
      throw new IllegalStateException("never in a batch");
    }

    @Override
    Boolean apply(ShardBooks books, Moment moment) {
      throw new IllegalStateException("never in a batch");
    }
  }

  /** Takes back what a gate has held. */
  void readmit(List<Task<?>> held) {
    waiting.addAll(held);
    if (closed) {
      failLeft();
    }
  }

  /** Takes what another lane had waiting, however much waits here. */
  void take(Task<?> task) {
    if (!task.database().orElse(database).equals(database)) {
      task.fail(new ShardMovedException(task.shard()));
      return;
    }
    waitingOf.computeIfAbsent(task.shard(), none -> new AtomicInteger()).incrementAndGet();
    readmit(List.of(task));
  }

  private void run() {
    List<Task<?>> batch = new ArrayList<>();
    try {
      while (!closed) {
        batch.add(waiting.take());
        waiting.drainTo(batch, BATCH - 1);
        List<Task<?>> markers = batch.stream().filter(Marker.class::isInstance).toList();
        batch.removeAll(markers);
        batch.removeIf(this::isHeld);
        batch.forEach(this::leftQueue);
        if (!batch.isEmpty()) {
          workAndGoOn(batch);
        }
        markers.forEach(Task::committed);
        batch.clear();
      }
    } catch (InterruptedException closing) {
      LOG.debug("a lane ends");
    } finally {
      closed = true;
      failLeft();
      disconnect();
    }
  }

  private boolean isHeld(Task<?> task) {
    ShardGate gate = gates.get(task.shard());
    return gate != null && gate.takes(task);
  }

  /** It waits no longer. */
  void leftQueue(Task<?> task) {
    AtomicInteger queued = waitingOf.get(task.shard());
    if (queued != null) {
      queued.decrementAndGet();
    }
  }

  /** Whatever happens: without its lane a shard would be owned and not served. */
  private void workAndGoOn(List<Task<?>> batch) {
    try {
      work(batch);
    } catch (Throwable e) {
      LOG.error("a batch failed by a fault of this program", e);
      disconnect();
      batch.forEach(each -> each.fail(new OutcomeUnknownException(e)));
    }
  }

  /**
   * All together. If the connection was cut since the last batch, on a new one. If that fails, and
   * nothing of it was done, each by itself.
   */
  private void work(List<Task<?>> batch) {
    boolean kept = connection != null;
    Failure failure = commit(batch);
    if (failure != null && failure.isCut() && kept) {
      failure = commit(batch);
    }
    if (failure == null) {
      return;
    }
    if (failure.maybeDone || batch.size() == 1 || !failure.ofTheWork) {
      RuntimeException told = failure.told();
      batch.forEach(each -> each.fail(told));
      return;
    }
    for (Task<?> each : batch) {
      Failure own = commit(List.of(each));
      if (own != null) {
        LOG.warn("the database refused a request: {}", own.cause.getMessage());
        each.fail(own.told());
      }
    }
  }

  /**
   * Why it did not work.
   *
   * @param maybeDone if it may have been committed all the same
   * @param ofTheWork if the database answers, and did not like something of the batch
   */
  private record Failure(Exception cause, boolean maybeDone, boolean ofTheWork) {
    /** Nothing was done, and nobody heard of it. */
    boolean isCut() {
      return !maybeDone && DatabaseConnections.isCut(cause);
    }

    RuntimeException told() {
      return maybeDone
          ? new OutcomeUnknownException(cause)
          : new LedgerUnavailableException(
              "the database could not do it: " + cause.getMessage(), cause);
    }
  }

  private @Nullable Failure commit(List<Task<?>> batch) {
    boolean committing = false;
    try {
      Connection now = connection == null ? source.open() : connection;
      connection = now;
      Batch work =
          new Batch(
              now,
              tokens::get,
              (token, shard) -> disown(shard, token),
              node,
              deadline,
              clock.instant().truncatedTo(ChronoUnit.MICROS));
      List<Task<?>> done;
      try {
        done = work.run(batch);
        committing = true;
        now.commit();
      } finally {
        work.books().forEach(this::touched);
      }
      done.forEach(Task::committed);
      return null;
    } catch (SQLException e) {
      boolean answers = isAnswer(e);
      rollBack();
      return failed(batch, e, committing && !(answers && isDefiniteAtCommit(e)), answers);
    } catch (RuntimeException e) {
      LOG.error("a batch failed by a fault of this program", e);
      rollBack();
      return failed(batch, e, committing, true);
    }
  }

  private Failure failed(
      List<Task<?>> batch, Exception cause, boolean maybeDone, boolean ofTheWork) {
    for (Task<?> each : batch) {
      ShardGate gate = gates.get(each.shard());
      if (gate != null && maybeDone) {
        gate.touched().doubt();
      }
    }
    return new Failure(cause, maybeDone, ofTheWork);
  }

  private void touched(ShardBooks books) {
    ShardGate gate = gates.get(books.shard());
    if (gate != null) {
      gate.touched().add(books);
    }
  }

  /** Everything but connection failures (08), shutdowns (57P) and time-outs of the driver. */
  private static boolean isAnswer(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && !state.startsWith("08")
        && !state.startsWith("57")
        && !state.startsWith("53");
  }

  private static boolean isDefiniteAtCommit(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return (state.startsWith("40") && !state.equals("40003")) || state.startsWith("23");
  }

  private void rollBack() {
    Connection now = connection;
    if (now == null) {
      return;
    }
    try {
      now.rollback();
      if (now.isValid(1)) {
        return;
      }
    } catch (SQLException e) {
      LOG.debug("no rollback, the connection is gone", e);
    }
    disconnect();
  }

  private void disconnect() {
    Connection now = connection;
    connection = null;
    if (now != null) {
      try {
        now.close();
      } catch (SQLException e) {
        LOG.debug("a connection did not close", e);
      }
    }
  }

  private void failLeft() {
    gates.values().forEach(ShardGate::close);
    Task<?> left;
    while ((left = waiting.poll()) != null) {
      leftQueue(left);
      left.fail(new StaleOwnerException(left.shard(), null));
    }
  }

  /** Ends when the batch under way has. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
