package io.holdfast.benchmarks.commit;

import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.coordination.Coordinator;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.TransactionInspection;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.jdbc.tcc.TccAction;
import io.holdfast.transaction.jdbc.tcc.TccParticipant;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Ours by try, confirm and cancel: the debit is tried, the credit is made when it is decided. */
final class TccMover implements Mover {

  private static final int THREADS = 32;
  private static final int SPARE = 8;

  private final List<HikariDataSource> pools = new ArrayList<>();
  private final List<TccParticipant> databases = new ArrayList<>();
  private final Coordinator coordinator;
  private final Transactions transactions;

  TccMover(String uri, List<String> urls) throws SQLException {
    this.coordinator = Coordinator.connect(uri);
    for (String url : urls) {
      HikariDataSource pool = Ledgers.pool(url, THREADS + SPARE);
      pools.add(pool);
      try (Connection connection = pool.getConnection()) {
        TccParticipant.createTables(connection);
      }
      databases.add(
          TccParticipant.open(
              "tcc-" + databases.size(),
              pool,
              Map.of("debit", new Debit(), "credit", new Credit())));
    }
    this.transactions = new Transactions(coordinator, databases);
  }

  private static final class Debit implements TccAction {
    @Override
    public void attempt(Connection connection, String account) throws SQLException {
      Ledgers.change(connection, Integer.parseInt(account), -1);
    }

    @Override
    public void confirm(Connection connection, String account) {}

    @Override
    public void cancel(Connection connection, String account) throws SQLException {
      Ledgers.change(connection, Integer.parseInt(account), 1);
    }
  }

  private static final class Credit implements TccAction {
    @Override
    public void attempt(Connection connection, String account) {}

    @Override
    public void confirm(Connection connection, String account) throws SQLException {
      Ledgers.change(connection, Integer.parseInt(account), 1);
    }

    @Override
    public void cancel(Connection connection, String account) {}
  }

  @Override
  public void move(int from, int to) throws Exception {
    Outcome outcome =
        transactions
            .begin()
            .enlist(databases.get(0).branch("debit", Integer.toString(from)))
            .enlist(databases.get(1).branch("credit", Integer.toString(to)))
            .commit();
    if (!(outcome instanceof Outcome.Committed)) {
      throw new IllegalStateException("not committed: " + outcome);
    }
  }

  @Override
  public boolean isSettled() {
    return new TransactionInspection(coordinator, databases).look().join().transactions().isEmpty();
  }

  @Override
  public void close() {
    transactions.close();
    coordinator.close();
    databases.forEach(TccParticipant::close);
    pools.forEach(HikariDataSource::close);
  }
}
