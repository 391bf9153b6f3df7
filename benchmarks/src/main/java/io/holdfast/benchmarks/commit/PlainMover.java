package io.holdfast.benchmarks.commit;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;

/** What one database alone needs: a statement and a commit. */
final class PlainMover implements Mover {

  private final HikariDataSource pool;

  PlainMover(String url, int clients) {
    this.pool = Ledgers.pool(url, Math.min(clients, 48));
  }

  @Override
  public void move(int from, int to) throws Exception {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(Ledgers.CHANGE)) {
      connection.setAutoCommit(false);
      statement.setInt(1, -1);
      statement.setInt(2, from);
      if (statement.executeUpdate() != 1) {
        throw new IllegalStateException("no such account");
      }
      connection.commit();
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
