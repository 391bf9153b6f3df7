package io.holdfast.chaos.suite.transfer;

import io.holdfast.coordination.Coordinator;
import io.holdfast.transaction.Mistake;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Transactions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

/**
 * Moves money, one transfer after the other, until it is stopped. When it dies it comes back as a
 * new process does: with a session and connections of its own, and without what it knew. One
 * thread.
 */
final class TransferClient implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final int MOST = 30;
  private static final int MOST_ONE_WAY = 3;
  private static final int HELD = 80;
  private static final int DEADLY = 6;

  private final String name;
  private final IntFunction<Coordinator> cluster;
  private final List<TransferDatabase> sides;
  private final Mistake mistake;
  private final BiConsumer<String, Boolean> told;
  private final Random random;
  private final AtomicInteger deaths = new AtomicInteger();
  private final Thread thread;
  private volatile boolean stopped;
  private volatile boolean calm;
  private final CountDownLatch calmNow = new CountDownLatch(1);
  private int count;

  /**
   * Starts it.
   *
   * @param cluster connects the so-manieth life to the cluster
   * @param told hears of each transfer whose outcome is known whether it is committed
   */
  TransferClient(
      String name,
      IntFunction<Coordinator> cluster,
      List<TransferDatabase> sides,
      Mistake mistake,
      BiConsumer<String, Boolean> told,
      long seed) {
    this.name = name;
    this.cluster = cluster;
    this.sides = sides;
    this.mistake = mistake;
    this.told = told;
    this.random = new Random(seed);
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  int deaths() {
    return deaths.get();
  }

  private void run() {
    while (!stopped) {
      ClientLifetime life =
          calm ? new ClientLifetime(0, 0, 0) : new ClientLifetime(random.nextLong(), HELD, DEADLY);
      try {
        live(life);
      } catch (SQLException | RuntimeException e) {
        // The database is down: as with a process that does not start, another follows.
        LockSupport.parkNanos(ClientLifetime.BETWEEN.toNanos());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void live(ClientLifetime life) throws SQLException, InterruptedException {
    Coordinator coordinator = cluster.apply(deaths.get());
    List<TransferMethod> ways = new ArrayList<>();
    try {
      for (Mistake.Means means : mistake.means()) {
        ways.add(way(means, coordinator, life));
      }
      Transactions transactions =
          mistake.transactions(
              coordinator,
              TIMEOUT,
              ways.stream().flatMap(way -> way.participants().stream()).toList());
      while (!stopped && !life.isOver() && life.isSafe() == calm) {
        if (calm) {
          // It is there for what others have left.
          calmNow.countDown();
          LockSupport.parkNanos(ClientLifetime.BETWEEN.toNanos());
        } else {
          transfer(transactions, ways.get(random.nextInt(ways.size())), life);
        }
      }
      life.end();
      deaths.incrementAndGet();
    } finally {
      ways.forEach(TransferMethod::close);
      coordinator.close();
    }
  }

  private TransferMethod way(Mistake.Means means, Coordinator coordinator, ClientLifetime life)
      throws SQLException {
    return switch (means) {
      case TWO_PHASES -> new TwoPhaseTransfer(sides, life, mistake);
      case TCC -> new TccTransfer(sides, life, mistake);
      case MESSAGES -> new OutboxTransfer(coordinator, sides, life, mistake);
    };
  }

  private void transfer(Transactions transactions, TransferMethod way, ClientLifetime life)
      throws InterruptedException {
    int amount = 1 + random.nextInt(way instanceof OutboxTransfer ? MOST_ONE_WAY : MOST);
    Transfer transfer =
        new Transfer(
            name + "-" + count++,
            List.of(
                random.nextInt(TransferDatabase.ACCOUNTS),
                random.nextInt(TransferDatabase.ACCOUNTS)),
            way instanceof OutboxTransfer || random.nextBoolean() ? amount : -amount);
    try {
      CompletableFuture<Outcome> outcome = way.move(transactions, transfer);
      CompletableFuture.anyOf(outcome, life.death()).get(20, TimeUnit.SECONDS);
      if (!life.isOver() && outcome.isDone()) {
        note(transfer.name(), outcome.join());
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("a commit has an outcome, in time", e);
    }
  }

  private void note(String transfer, Outcome outcome) {
    if (!(outcome instanceof Outcome.Unknown)) {
      told.accept(transfer, outcome instanceof Outcome.Committed);
    }
  }

  @Override
  public void close() {
    stopped = true;
    thread.interrupt();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(20));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Begins nothing any more, and dies once more and then never. */
  void calm() {
    calm = true;
  }

  /** Waits until it has come back from that. */
  void awaitCalm() {
    try {
      if (!calmNow.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException(name + " does not come to rest");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
