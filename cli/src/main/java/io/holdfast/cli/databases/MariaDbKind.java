package io.holdfast.cli.databases;

import io.holdfast.transaction.BranchList;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.jdbc.DatabaseDoctor;
import io.holdfast.transaction.jdbc.MariaDbDoctor;
import io.holdfast.transaction.jdbc.MariaDbParticipant;
import io.holdfast.transaction.jdbc.tcc.TccParticipant;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import javax.sql.XADataSource;

/**
 * MariaDB, and MySQL for all but prepared branches. The driver is not part of the command, for it
 * has another licence (LGPL).
 */
final class MariaDbKind implements DatabaseKind {

  private static final String SOURCE = "org.mariadb.jdbc.MariaDbDataSource";
  private static final String WHAT_TO_DO =
      "put MariaDB's driver there (the jar of org.mariadb.jdbc:mariadb-java-client from a Maven"
          + " repository, or libmariadb-java of your distribution)";

  @Override
  public DataSource source(String url, Login login, JdbcDrivers drivers, Duration timeout) {
    try {
      Object source =
          drivers
              .load(SOURCE, url, WHAT_TO_DO)
              .getConstructor(String.class)
              .newInstance(address(url, timeout));
      if (login.user().isPresent()) {
        set(source, "setUser", login.user().get());
      }
      if (login.password().isPresent()) {
        set(source, "setPassword", login.password().get());
      }
      return (DataSource) source;
    } catch (ReflectiveOperationException | ClassCastException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException(
          "MariaDB's driver does not take this address: " + cause.getMessage(), e);
    }
  }

  private static void set(Object source, String setter, String value)
      throws ReflectiveOperationException {
    source.getClass().getMethod(setter, String.class).invoke(source, value);
  }

  /** The driver knows MySQL by its own name only. */
  private static String address(String url, Duration timeout) {
    String address = url.replaceFirst("^jdbc:mysql:", "jdbc:mariadb:");
    long millis = Math.max(1_000, Math.min(Integer.MAX_VALUE, timeout.toMillis()));
    for (String parameter : List.of("connectTimeout", "socketTimeout")) {
      if (!address.contains(parameter + "=")) {
        address += (address.contains("?") ? "&" : "?") + parameter + "=" + millis;
      }
    }
    return address;
  }

  @Override
  public Optional<Participant> participant(String name, DataSource source, Duration timeout)
      throws SQLException {
    try (Connection connection = source.getConnection()) {
      if (!connection.getMetaData().getDatabaseProductName().equals("MariaDB")) {
        return Optional.empty();
      }
    }
    return Optional.of(MariaDbParticipant.openForOperators(name, (XADataSource) source));
  }

  @Override
  public List<BranchList> lists(String name, DataSource source, Duration timeout) {
    return List.of(TccParticipant.tried(name, source, timeout));
  }

  @Override
  public DatabaseDoctor doctor(
      String name, DataSource source, Duration timeout, Duration patience) {
    return new MariaDbDoctor(name, source, timeout);
  }
}
