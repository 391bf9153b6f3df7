package io.holdfast.benchmarks.commit;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;

/**
 * Narayana with its commit-markable resource: the debit is committed with a marker, and is the
 * decision; the credit is prepared before. Nobody removes the markers here, which it would do
 * later: that is in its favour.
 */
final class MarkableMover implements Mover {

  private static final int MOST_CONNECTIONS = 48;

  private final TransactionManager manager;
  private final HikariDataSource debits;
  private final XaPool credits;

  MarkableMover(Path log, List<String> urls, int clients) throws Exception {
    NarayanaMover.configure(log);
    this.manager = com.arjuna.ats.jta.TransactionManager.transactionManager();
    int connections = Math.min(clients, MOST_CONNECTIONS);
    this.debits = Ledgers.pool(urls.get(0), connections);
    this.credits = new XaPool(urls.get(1), connections);
    try (Connection connection = debits.getConnection()) {
      connection.createStatement().execute(MarkableResource.DDL);
    }
  }

  @Override
  public void move(int from, int to) throws Exception {
    try (Connection debit = debits.getConnection()) {
      debit.setAutoCommit(false);
      XaPool.Pooled credit = credits.take();
      try {
        move(debit, from, credit, to);
      } finally {
        credits.giveBack(credit);
      }
    }
  }

  private void move(Connection debit, int from, XaPool.Pooled credit, int to) throws Exception {
    manager.begin();
    boolean done = false;
    try {
      Transaction transaction = manager.getTransaction();
      transaction.enlistResource(new MarkableResource(debit));
      Ledgers.change(debit, from, -1);
      transaction.enlistResource(credit.resource());
      credit.change(to, 1);
      done = true;
    } finally {
      if (!done) {
        manager.rollback();
      }
    }
    manager.commit();
  }

  @Override
  public void close() throws Exception {
    debits.close();
    credits.close();
  }
}
