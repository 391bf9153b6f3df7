package io.holdfast.cli.databases;

import io.holdfast.transaction.BranchList;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.jdbc.DatabaseDoctor;
import io.holdfast.transaction.jdbc.PostgresDoctor;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import io.holdfast.transaction.jdbc.escrow.EscrowLedger;
import io.holdfast.transaction.jdbc.tcc.TccParticipant;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** PostgreSQL, whose driver is part of the command. */
final class PostgresKind implements DatabaseKind {

  @Override
  public DataSource source(String url, Login login, JdbcDrivers drivers, Duration timeout) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    int seconds = (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeout.toSeconds()));
    source.setConnectTimeout(seconds);
    source.setSocketTimeout(seconds);
    source.setApplicationName("holdfast-cli");
    login.user().ifPresent(source::setUser);
    login.password().ifPresent(source::setPassword);
    return source;
  }

  @Override
  public Optional<Participant> participant(String name, DataSource source, Duration timeout)
      throws SQLException {
    return Optional.of(PostgresParticipant.openForOperators(name, source, timeout));
  }

  @Override
  public List<BranchList> lists(String name, DataSource source, Duration timeout) {
    List<BranchList> lists = new ArrayList<>();
    lists.add(TccParticipant.tried(name, source, timeout));
    lists.add(EscrowLedger.held(name, source));
    ServiceLoader.load(BranchListProvider.class)
        .forEach(provider -> lists.add(provider.of(name, source)));
    return lists;
  }

  @Override
  public DatabaseDoctor doctor(
      String name, DataSource source, Duration timeout, Duration patience) {
    return new PostgresDoctor(name, source, timeout, patience);
  }
}
