package io.holdfast.cli.databases;

import io.holdfast.transaction.BranchList;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.jdbc.DatabaseDoctor;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** What a command can do with one kind of database. */
public interface DatabaseKind {

  /** The user and the password, where the URL does not have them. */
  record Login(Optional<String> user, Optional<String> password) {}

  /**
   * The source of connections. Does not connect.
   *
   * @param url without a password
   * @param timeout for connecting and for each answer
   * @throws IllegalArgumentException if there is no driver for it; the message says what to do
   */
  DataSource source(String url, Login login, JdbcDrivers drivers, Duration timeout);

  /**
   * Lists and ends prepared branches there. The caller closes it if it is closeable. Blocks for
   * some round trips.
   *
   * @return empty if the database prepares none
   */
  Optional<Participant> participant(String name, DataSource source, Duration timeout)
      throws SQLException;

  /** Lists the branches that only the application can end. */
  List<BranchList> lists(String name, DataSource source, Duration timeout);

  /** Examines it. */
  DatabaseDoctor doctor(String name, DataSource source, Duration timeout, Duration patience);
}
