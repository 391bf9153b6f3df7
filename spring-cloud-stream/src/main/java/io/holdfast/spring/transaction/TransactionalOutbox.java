package io.holdfast.spring.transaction;

import io.holdfast.transaction.jdbc.outbox.JdbcOutbox;
import io.holdfast.transaction.outbox.Message;
import io.holdfast.transaction.outbox.OutboxRelay;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.SQLErrorCodeSQLExceptionTranslator;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Appends messages to an outbox in the caller's {@code @Transactional}: they leave if it commits,
 * and only then.
 *
 * <pre>
 *   &#64;Transactional
 *   public void pay(Account account, long amount) {
 *     template.update("UPDATE account SET balance = balance - ? WHERE id = ?", amount, account.id());
 *     outbox.append(Message.keyed("transfers", account.id(), json)); // last
 *   }
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class TransactionalOutbox {

  private final DataSource dataSource;
  private final JdbcOutbox outbox;
  private final OutboxRelay relay;

  /**
   * An outbox of a database.
   *
   * @param dataSource the one of the transactions
   * @param relay is told to look after each commit
   */
  public TransactionalOutbox(DataSource dataSource, JdbcOutbox outbox, OutboxRelay relay) {
    this.dataSource = dataSource;
    this.outbox = outbox;
    this.relay = relay;
  }

  /**
   * Appends a message in the caller's transaction. Waits for other transactions that have appended
   * to the same key; so append last.
   *
   * @throws IllegalStateException without a transaction of the data source
   * @throws DataAccessException if the database refuses it
   */
  public void append(Message message) {
    if (!TransactionSynchronizationManager.isSynchronizationActive()
        || !TransactionSynchronizationManager.hasResource(dataSource)) {
      throw new IllegalStateException(
          "no transaction of the outbox's database: append in a @Transactional method, whose"
              + " transaction manager has the same data source");
    }
    Connection connection = DataSourceUtils.getConnection(dataSource);
    try {
      outbox.append(connection, message);
    } catch (SQLException e) {
      throw translated(e);
    } finally {
      DataSourceUtils.releaseConnection(connection, dataSource);
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            relay.nudge();
          }
        });
  }

  private RuntimeException translated(SQLException e) {
    DataAccessException known =
        new SQLErrorCodeSQLExceptionTranslator(dataSource)
            .translate("append to the outbox", null, e);
    return known == null ? new IllegalStateException("could not append to the outbox", e) : known;
  }
}
