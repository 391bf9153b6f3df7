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

  /** Who logs in, if that is not said by the URL. */
  record Login(Optional<String> user, Optional<String> password) {}

  /**
   * Where connections come from. Connects to nobody.
   *
   * @param url without a password
   * @param timeout for connecting and for each answer
   * @throws IllegalArgumentException if there is no driver for it; the message says what to do
   */
  DataSource source(String url, Login login, JdbcDrivers drivers, Duration timeout);

  /**
   * What lists and ends prepared branches there; closed by the caller if it can be. Blocks for some
   * round trips.
   *
   * @return empty if the database prepares none
   */
  Optional<Participant> participant(String name, DataSource source, Duration timeout)
      throws SQLException;

  /** What lists the branches that only the application can end. */
  List<BranchList> lists(String name, DataSource source, Duration timeout);

  /** What checks it. */
  DatabaseDoctor doctor(String name, DataSource source, Duration timeout, Duration patience);
}
