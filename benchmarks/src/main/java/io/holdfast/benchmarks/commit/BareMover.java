package io.holdfast.benchmarks.commit;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The ceiling: two-phase commit that writes no decision anywhere, so that a crash would leave
 * everything to guessing. Otherwise all that makes it fast: each branch is one message, both go at
 * once, the caller hears when both are prepared, and the second phase goes on behind, in batches.
 */
final class BareMover implements Mover {

  private static final int MOST_AT_ONCE = 32;
  private static final int ENDERS = 4;
  private static final int MOST_WAITING = 1_000;
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final List<HikariDataSource> pools = new ArrayList<>();
  private final ExecutorService threads;
  private final ExecutorService enders = Executors.newCachedThreadPool();
  private final List<LinkedBlockingQueue<String>> prepared = new ArrayList<>();
  private volatile boolean closed;

  BareMover(List<String> urls, int clients) {
    this.threads = Executors.newFixedThreadPool(clients);
    for (String url : urls) {
      pools.add(Ledgers.pool(url, Math.min(clients, 48) + ENDERS));
      prepared.add(new LinkedBlockingQueue<>(MOST_WAITING));
    }
    for (int i = 0; i < ENDERS * urls.size(); i++) {
      int which = i % urls.size();
      enders.submit(
          () -> {
            end(which);
            return null;
          });
    }
  }

  @Override
  public void move(int from, int to) throws Exception {
    String gid = "bare" + NUMBERS.incrementAndGet();
    Callable<Void> credit =
        () -> {
          prepare(1, gid, to, 1);
          return null;
        };
    Future<Void> other = threads.submit(credit);
    prepare(0, gid, from, -1);
    other.get();
    prepared.get(0).put(gid);
    prepared.get(1).put(gid);
  }

  private void prepare(int which, String gid, int account, int amount) throws SQLException {
    try (Connection connection = pools.get(which).getConnection();
        PreparedStatement message =
            connection.prepareStatement(
                "BEGIN;" + Ledgers.CHANGE + ";PREPARE TRANSACTION '" + gid + "'")) {
      message.setInt(1, amount);
      message.setInt(2, account);
      message.execute();
    }
  }

  private void end(int which) throws Exception {
    List<String> batch = new ArrayList<>();
    try (Connection connection = pools.get(which).getConnection();
        Statement statement = connection.createStatement()) {
      while (!closed || !prepared.get(which).isEmpty()) {
        String first = prepared.get(which).poll(50, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
        prepared.get(which).drainTo(batch, MOST_AT_ONCE - 1);
        for (String gid : batch) {
          statement.addBatch("COMMIT PREPARED '" + gid + "'");
        }
        statement.executeBatch();
        batch.clear();
      }
    }
  }

  @Override
  public void close() throws Exception {
    closed = true;
    enders.shutdown();
    if (!enders.awaitTermination(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("what was prepared has not ended");
    }
    threads.shutdownNow();
    pools.forEach(HikariDataSource::close);
  }
}
