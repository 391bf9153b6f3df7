package io.holdfast.benchmarks.commit;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A statement and a commit in one database, or one after the other in each of several. */
final class PlainMover implements Mover {

  private static final int MOST_CONNECTIONS = 48;

  private final List<HikariDataSource> pools = new ArrayList<>();

  PlainMover(List<String> urls, int clients) {
    urls.forEach(url -> pools.add(Ledgers.pool(url, Math.min(clients, MOST_CONNECTIONS))));
  }

  @Override
  public void move(int from, int to) throws Exception {
    change(pools.get(0), from, -1);
    if (pools.size() > 1) {
      change(pools.get(1), to, 1);
    }
  }

  private static void change(HikariDataSource pool, int account, int amount) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      Ledgers.change(connection, account, amount);
      connection.commit();
    }
  }

  @Override
  public void close() {
    pools.forEach(HikariDataSource::close);
  }
}
