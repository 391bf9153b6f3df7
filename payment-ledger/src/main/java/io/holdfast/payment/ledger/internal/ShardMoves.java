package io.holdfast.payment.ledger.internal;

import io.holdfast.lock.FencingToken;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.MovedShard;
import io.holdfast.payment.ledger.StaleOwnerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The moves of this process: one after the other, so that never two shards wait at once for
 * transactions that wait for the other of them. Thread-safe.
 */
final class ShardMoves implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ShardMoves.class);
  private static final Duration CLOSING = Duration.ofSeconds(15);

  private final Map<String, LedgerDatabase> databases;
  private final Placement placement;
  private final ShardMove.Owner owner;
  private final ExecutorService thread;
  private final AtomicBoolean tidying = new AtomicBoolean();
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile Consumer<String> steps = step -> {};

  ShardMoves(Map<String, LedgerDatabase> databases, Placement placement, ShardMove.Owner owner) {
    this.databases = databases;
    this.placement = placement;
    this.owner = owner;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, "ledger-move");
              made.setDaemon(true);
              return made;
            });
  }

  /** For tests: told of each step when it is done, in the mover's thread. */
  void onStep(Consumer<String> observer) {
    steps = observer;
  }

  CompletableFuture<MovedShard> move(int shard, String to) {
    LedgerDatabase target = databases.get(to);
    if (target == null) {
      throw new IllegalArgumentException("no database of this node is called " + to);
    }
    try {
      CompletableFuture<MovedShard> move =
          CompletableFuture.supplyAsync(() -> run(shard, target), thread);
      underWay.incrementAndGet();
      return move.whenComplete((moved, failure) -> underWay.decrementAndGet());
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(new LedgerUnavailableException("the ledger closes", e));
    }
  }

  /** How many moves have begun, or wait for those before them. */
  int underWay() {
    return underWay.get();
  }

  /** Soon removes what moves that ended in the middle have left of shards that are owned here. */
  void tidy(Iterable<Integer> owned) {
    if (!tidying.compareAndSet(false, true)) {
      return;
    }
    try {
      thread.execute(
          () -> {
            tidying.set(false);
            databases.values().forEach(database -> tidy(database, owned));
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("the ledger closes", e);
    }
  }

  private void tidy(LedgerDatabase database, Iterable<Integer> owned) {
    try {
      List<Integer> elsewhere = new ArrayList<>();
      owned.forEach(
          shard -> {
            if (!database.owns(shard)) {
              elsewhere.add(shard);
            }
          });
      for (int shard :
          elsewhere.isEmpty() ? elsewhere : ShardLeftovers.untidy(database, elsewhere)) {
        LedgerDatabase home = databases.get(placement.databaseOf(shard));
        FencingToken token = home == null ? null : home.lane().token(shard);
        if (token != null && home != database) {
          ShardLeftovers.tidy(database, new Fence(shard, token));
          LOG.info("what a move has left of shard {} in {} is removed", shard, database.name());
        }
      }
    } catch (RuntimeException e) {
      LOG.debug("leftovers of moves stay in {} for now", database.name(), e);
    }
  }

  private MovedShard run(int shard, LedgerDatabase target) {
    LedgerDatabase source = databases.get(placement.databaseOf(shard));
    FencingToken token = source == null ? null : source.lane().token(shard);
    if (source == null || token == null) {
      throw new StaleOwnerException(shard, null);
    }
    if (source == target) {
      return new MovedShard(shard, source.name(), source.name(), 0, Duration.ZERO, Duration.ZERO);
    }
    return new ShardMove(
            source, target, new Fence(shard, token), owner, step -> steps.accept(step.name()))
        .run();
  }

  /** A move that has not come to its end fails, or is ended by whoever owns the shard next. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      thread.awaitTermination(CLOSING.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
