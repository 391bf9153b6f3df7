package io.holdfast.benchmarks.commit;

import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.coordination.Coordinator;
import io.holdfast.fence.JdbcFence;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.TransactionInspection;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.jdbc.escrow.EscrowLedger;
import io.holdfast.transaction.jdbc.escrow.Posting;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Ours for ledgers: holds in short commits under the shard's fence, and one decision. */
final class EscrowMover implements Mover {

  private static final JdbcFence<String> FENCE = JdbcFence.inTable("fence", JdbcFence.Column.UUID);
  private static final int CONNECTIONS = 8;
  private static final long MUCH = 1_000_000_000L;

  private final List<HikariDataSource> pools = new ArrayList<>();
  private final List<EscrowLedger> ledgers = new ArrayList<>();
  private final List<LockGrant> grants = new ArrayList<>();
  private final Coordinator coordinator;
  private final Transactions transactions;

  /** {@code accounts} in each. */
  EscrowMover(String uri, List<String> urls, int accounts) throws Exception {
    this.coordinator = Coordinator.connect(uri);
    Locks locks = new Locks(coordinator);
    for (String url : urls) {
      String shard = "shard-" + ledgers.size();
      HikariDataSource pool = Ledgers.pool(url, CONNECTIONS);
      pools.add(pool);
      prepare(pool, shard);
      EscrowLedger ledger = EscrowLedger.open(shard, pool, FENCE);
      LockGrant grant = locks.lock(shard).exclusive().acquire();
      grants.add(grant);
      FencingToken token = grant.token();
      ledger.own(token);
      ledgers.add(ledger);
      open(pool, ledger, accounts);
    }
    this.transactions = new Transactions(coordinator, ledgers);
  }

  private static void prepare(HikariDataSource pool, String shard) throws Exception {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(EscrowLedger.ddl());
      statement.execute(JdbcFence.ddl(connection, "fence", JdbcFence.Column.UUID));
      FENCE.enrol(connection, shard);
    }
  }

  private static void open(HikariDataSource pool, EscrowLedger ledger, int accounts)
      throws Exception {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      for (int i = 0; i < accounts; i++) {
        ledger.openAccount(connection, "account-" + i, MUCH, 0);
      }
      connection.commit();
    }
  }

  @Override
  public void move(int from, int to) throws Exception {
    Outcome outcome =
        transactions
            .begin()
            .enlist(ledgers.get(0).branch(new Posting("account-" + from, -1)))
            .enlist(ledgers.get(1).branch(new Posting("account-" + to, 1)))
            .commit();
    if (!(outcome instanceof Outcome.Committed)) {
      throw new IllegalStateException("not committed: " + outcome);
    }
  }

  @Override
  public boolean isSettled() {
    return new TransactionInspection(coordinator, ledgers).look().join().transactions().isEmpty();
  }

  @Override
  public void close() {
    transactions.close();
    grants.forEach(LockGrant::close);
    ledgers.forEach(EscrowLedger::close);
    coordinator.close();
    pools.forEach(HikariDataSource::close);
  }
}
