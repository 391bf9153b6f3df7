package io.holdfast.transaction.jdbc;

import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.DecidingBranch;
import io.holdfast.transaction.Participant;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Accounts in PostgreSQL, with the tables for decisions. */
final class PostgresAccounts extends Accounts {

  PostgresAccounts(String url) {
    super(url);
  }

  /** In a database of its own. */
  static PostgresAccounts in(PostgresServer server) {
    PostgresAccounts accounts = new PostgresAccounts(server.freshUrl());
    accounts.made();
    accounts.run(PostgresParticipant.decisionDdl());
    return accounts;
  }

  @Override
  DataSource source() {
    return source(url());
  }

  static DataSource source(String url) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    source.setSocketTimeout(20);
    source.setConnectTimeout(5);
    return source;
  }

  @Override
  PostgresParticipant participant(String name) throws SQLException {
    return PostgresParticipant.open(
        name, source(), source(), PostgresOptions.defaults().withThreads(8));
  }

  @Override
  DecidingBranch change(Participant participant, String account, int amount) {
    return ((PostgresParticipant) participant).branch(change(account, amount));
  }

  @Override
  List<String> prepared() {
    return strings("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()");
  }
}
