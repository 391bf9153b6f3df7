package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.OutcomeUnknownException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread of a {@link Lane}, with its connection. */
final class LaneWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LaneWorker.class);

  /** Where its connection comes from. */
  interface Source {
    /** A new one, that commits when it is told to. */
    Connection open() throws SQLException;
  }

  private final Lane lane;
  private final Source source;
  private final String node;
  private final Duration deadline;
  private final InstantSource clock;
  private final Thread thread;

  /** Used by the thread only; kept as long as nothing fails. */
  private @Nullable Connection connection;

  LaneWorker(
      String name, Lane lane, Source source, String node, Duration deadline, InstantSource clock) {
    this.lane = lane;
    this.source = source;
    this.node = node;
    this.deadline = deadline;
    this.clock = clock;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        Lane.Round round = lane.next();
        try {
          workAndGoOn(round);
        } finally {
          lane.ended(round);
        }
      }
    } catch (InterruptedException closing) {
      LOG.debug("a lane ends");
    } finally {
      disconnect();
    }
  }

  /** Whatever happens: without its lane a shard would be owned and not served. */
  private void workAndGoOn(Lane.Round round) {
    List<Task<?>> batch = new ArrayList<>(round.tasks());
    try {
      batch.removeIf(lane::isHeld);
      batch.forEach(lane::leftQueue);
      batch.forEach(Task::begun);
      batch.removeIf(Task::expires);
      if (!batch.isEmpty()) {
        work(batch, round.shards());
      }
    } catch (Throwable e) {
      LOG.error("a batch failed by a fault of this program", e);
      disconnect();
      // It may be committed.
      lane.branches().forget();
      batch.forEach(each -> each.fail(new OutcomeUnknownException(e)));
    }
  }

  /**
   * All together. If the connection was cut since the last batch, on a new one. If that fails, and
   * nothing of it was done, each by itself.
   */
  private void work(List<Task<?>> batch, Set<Integer> reserved) {
    boolean kept = connection != null;
    Failure failure = commit(batch, reserved);
    if (failure != null && failure.isCut() && kept) {
      failure = commit(batch, reserved);
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
      Failure own = commit(List.of(each), reserved);
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

  private @Nullable Failure commit(List<Task<?>> batch, Set<Integer> reserved) {
    @Nullable Batch work = null;
    Set<Integer> shards = lane.open(batch, reserved);
    try {
      Connection now = connection == null ? source.open() : connection;
      connection = now;
      work =
          new Batch(
              now,
              lane::token,
              (token, shard) -> lane.disown(shard, token),
              lane.branches(),
              node,
              deadline,
              clock.instant().truncatedTo(ChronoUnit.MICROS));
      List<Task<?>> done;
      try {
        done = work.run(batch, shards);
      } finally {
        work.books().forEach(this::touched);
      }
      done.forEach(Task::committed);
      return null;
    } catch (SQLException e) {
      boolean answers = isAnswer(e);
      rollBack();
      return failed(shards, e, isCommitting(work) && !(answers && isDefinite(e)), answers);
    } catch (RuntimeException e) {
      LOG.error("a batch failed by a fault of this program", e);
      rollBack();
      return failed(shards, e, isCommitting(work), true);
    }
  }

  private Failure failed(
      Set<Integer> shards, Exception cause, boolean maybeDone, boolean ofTheWork) {
    lane.branches().forget();
    for (int shard : shards) {
      ShardGate gate = lane.gateOf(shard);
      if (gate != null && maybeDone) {
        gate.touched().doubt();
      }
    }
    return new Failure(cause, maybeDone, ofTheWork);
  }

  private void touched(ShardBooks books) {
    ShardGate gate = lane.gateOf(books.shard());
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

  /** Whether the server refused a statement, and so did not come to the commit that follows it. */
  private static boolean isDefinite(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return !state.equals("40003") && !state.startsWith("XX");
  }

  private static boolean isCommitting(@Nullable Batch work) {
    return work != null && work.isCommitting();
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

  /** Ends when the batch under way has. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
