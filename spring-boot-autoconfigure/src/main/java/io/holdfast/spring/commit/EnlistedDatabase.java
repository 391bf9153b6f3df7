package io.holdfast.spring.commit;

import io.holdfast.transaction.jdbc.PostgresParticipant;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/**
 * A database of which {@link GlobalTransaction} methods are to be committed together with others: a
 * bean, if the properties {@code holdfast.transactions.databases} do not say enough.
 *
 * @param source the data source that the application works with, also the one of its transaction
 *     manager
 * @param participant the same database, as it prepares and commits
 */
public record EnlistedDatabase(DataSource source, PostgresParticipant participant) {

  public EnlistedDatabase {
    if (source instanceof TransactionAwareDataSourceProxy proxy
        && proxy.getTargetDataSource() != null) {
      source = proxy.getTargetDataSource();
    }
  }
}
