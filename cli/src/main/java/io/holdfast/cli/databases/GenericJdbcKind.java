package io.holdfast.cli.databases;

import io.holdfast.spi.Finding;
import io.holdfast.transaction.BranchList;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.jdbc.DatabaseDoctor;
import io.holdfast.transaction.jdbc.tcc.TccParticipant;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;

/** Any database with a JDBC driver, such as H2: no prepared branches; TCC, sagas and outboxes. */
final class GenericJdbcKind implements DatabaseKind {

  @Override
  public DataSource source(String url, Login login, JdbcDrivers drivers, Duration timeout) {
    Properties properties = new Properties();
    login.user().ifPresent(user -> properties.setProperty("user", user));
    login.password().ifPresent(password -> properties.setProperty("password", password));
    return new DriverDataSource(drivers.accepting(url), url, properties);
  }

  @Override
  public Optional<Participant> participant(String name, DataSource source, Duration timeout)
      throws SQLException {
    source.getConnection().close();
    return Optional.empty();
  }

  @Override
  public List<BranchList> lists(String name, DataSource source, Duration timeout) {
    return List.of(TccParticipant.tried(name, source, timeout));
  }

  @Override
  public DatabaseDoctor doctor(
      String name, DataSource source, Duration timeout, Duration patience) {
    String subject = "database " + name;
    return () -> {
      try (Connection connection = source.getConnection()) {
        DatabaseMetaData about = connection.getMetaData();
        return List.of(
            Finding.ok(
                subject,
                about.getDatabaseProductName()
                    + " "
                    + about.getDatabaseProductVersion()
                    + ": prepares no branches; TCC, sagas and outboxes only"));
      } catch (SQLException e) {
        return List.of(
            Finding.problem(
                subject,
                "not examined: " + e.getMessage(),
                "make sure that it runs, can be reached from here, and lets this user in"));
      }
    };
  }
}
