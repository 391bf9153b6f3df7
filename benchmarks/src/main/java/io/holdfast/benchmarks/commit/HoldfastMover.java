package io.holdfast.benchmarks.commit;

import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.transaction.DecisionPlace;
import io.holdfast.transaction.DistributedTransaction;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.jdbc.PostgresOptions;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import io.holdfast.transaction.jdbc.SqlWork;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Ours: two branches, decided in the cluster or in the last of them; or one branch alone. */
final class HoldfastMover implements Mover {

  /** Which. */
  public enum Kind {
    CLUSTER,
    LAST_BRANCH,
    ALONE
  }

  /** Fewer than the most clients: more at a time make databases on few processors slower. */
  private static final int MOST_THREADS = 48;

  private static final int CONTROL_CONNECTIONS = 6;

  private final Kind kind;
  private final List<HikariDataSource> pools = new ArrayList<>();
  private final List<PostgresParticipant> databases = new ArrayList<>();
  private final Coordinator coordinator;
  private final Transactions transactions;

  HoldfastMover(Kind kind, String uri, List<String> urls, int clients, Duration session)
      throws SQLException {
    this.kind = kind;
    this.coordinator =
        Coordinator.connect(uri, CoordinatorOptions.defaults().withSessionTimeout(session));
    int threads = Math.min(clients, MOST_THREADS);
    for (String url : urls) {
      HikariDataSource work = Ledgers.pool(url, threads);
      HikariDataSource control = Ledgers.pool(url, CONTROL_CONNECTIONS);
      pools.addAll(List.of(work, control));
      databases.add(
          PostgresParticipant.open(
              "ledger-" + databases.size(),
              work,
              control,
              PostgresOptions.defaults().withThreads(threads)));
    }
    this.transactions = new Transactions(coordinator, databases);
  }

  private static SqlWork change(int account, int amount) {
    return SqlWork.of(Ledgers.CHANGE, amount, account).expecting(1);
  }

  @Override
  public void move(int from, int to) throws Exception {
    DistributedTransaction transaction = transactions.begin();
    transaction.enlist(databases.get(0).branch(change(from, -1)));
    if (kind != Kind.ALONE) {
      transaction.enlist(databases.get(1).branch(change(to, 1)));
    }
    if (kind == Kind.LAST_BRANCH) {
      transaction.decidedIn(DecisionPlace.LAST_BRANCH);
    }
    Outcome outcome = transaction.commit();
    if (!(outcome instanceof Outcome.Committed)) {
      throw new IllegalStateException("not committed: " + outcome);
    }
  }

  @Override
  public void close() {
    transactions.close();
    coordinator.close();
    databases.forEach(PostgresParticipant::close);
    pools.forEach(HikariDataSource::close);
  }
}
