package io.holdfast.cli.sagas;

import io.holdfast.cli.console.Connection;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.transactions.Databases;
import io.holdfast.coordination.AuditEntry;
import io.holdfast.coordination.AuditTrail;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.lock.Locks;
import io.holdfast.lock.QueuedOwner;
import io.holdfast.lock.QueuedOwner.Role;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;

/** The one database that a command is about, and the cluster that says who works on it. */
public final class OneDatabase {

  private static final Set<String> NO_SUCH_TABLE = Set.of("42P01", "42S02", "42S04");

  @Mixin private Connection connection = new Connection();
  @Mixin private Databases databases = new Databases();

  /** What is done there, in one transaction. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it; it is committed unless this throws. */
    T with(java.sql.Connection database) throws SQLException;
  }

  /**
   * Does something there.
   *
   * @param table what it is done to, for who has given a wrong one
   * @throws NotFoundException if there is no such table
   * @throws UnavailableException if the database cannot be reached, or fails otherwise
   * @throws IllegalArgumentException unless one database was given
   */
  <T> T run(String table, Work<T> work) {
    List<Databases.Database> given = databases.given(connection.timeout());
    if (given.size() != 1) {
      throw new IllegalArgumentException("give one --database, that with the table " + table);
    }
    try (java.sql.Connection database = given.get(0).source().getConnection()) {
      database.setAutoCommit(false);
      T result = work.with(database);
      database.commit();
      return result;
    } catch (SQLException e) {
      if (NO_SUCH_TABLE.contains(String.valueOf(e.getSQLState()))) {
        throw new NotFoundException(
            "no table " + table + " in " + given.get(0).name() + ": give --table");
      }
      throw new UnavailableException("the database: " + e.getMessage(), e);
    }
  }

  /**
   * Does something there and notes it in the cluster, before: nothing is done without a note.
   *
   * @param action as the audit trail is to show it
   * @param subject likewise
   */
  <T> T change(String table, String action, String subject, String reason, Work<T> work) {
    try (Coordinator coordinator = connection.open()) {
      AuditEntry entry = AuditEntry.shortened(action, subject, reason);
      connection.await(
          coordinator
              .session()
              .thenCompose(
                  session ->
                      new AuditTrail(coordinator)
                          .noting(entry, Transaction.EMPTY, session)
                          .thenCompose(session::commit)));
      return run(table, work);
    }
  }

  /** Who holds each of some locks: the processes that do the work. */
  List<Optional<String>> holders(List<String> locks) {
    try (Coordinator coordinator = connection.openToRead()) {
      Locks there = new Locks(coordinator);
      return locks.stream()
          .map(
              name ->
                  connection.await(there.queue(name)).stream()
                      .filter(each -> each.role() == Role.HOLDER)
                      .findFirst()
                      .map(OneDatabase::who))
          .toList();
    }
  }

  private static String who(QueuedOwner holder) {
    return holder
        .owner()
        .map(owner -> owner.name() + "@" + owner.host() + "/" + owner.pid())
        .orElse("somebody");
  }
}
