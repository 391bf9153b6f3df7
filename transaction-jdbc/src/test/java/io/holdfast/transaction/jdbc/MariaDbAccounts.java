package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.Participant;
import java.sql.SQLException;
import java.util.List;
import org.mariadb.jdbc.MariaDbDataSource;

/** Accounts in MariaDB. */
final class MariaDbAccounts extends Accounts {

  MariaDbAccounts(String url) {
    super(url);
  }

  @Override
  MariaDbDataSource source() {
    try {
      return new MariaDbDataSource(url() + "&socketTimeout=20000&connectTimeout=5000");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  MariaDbParticipant participant(String name) throws SQLException {
    return MariaDbParticipant.open(name, source());
  }

  @Override
  Branch change(Participant participant, String account, int amount) {
    return ((MariaDbParticipant) participant).branch(change(account, amount));
  }

  /** {@code XA RECOVER} shows all of the server's. */
  @Override
  List<String> prepared() {
    return strings("XA RECOVER");
  }
}
