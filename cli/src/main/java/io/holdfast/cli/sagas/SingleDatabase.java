package io.holdfast.cli.sagas;

import io.holdfast.admin.AuditEntry;
import io.holdfast.admin.AuditTrail;
import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.admin.QueueMember.Role;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.databases.DatabaseOptions;
import io.holdfast.cli.databases.NamedDatabase;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;

/**
 * The one database that a command acts on, and the cluster that knows which process works on it.
 */
public final class SingleDatabase {

  private static final Set<String> NO_SUCH_TABLE = Set.of("42P01", "42S02", "42S03", "42S04");

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private DatabaseOptions databases = new DatabaseOptions();

  /** Tables, and what makes them. */
  record Tables(String name, String making) {}

  /** What is done there, in one transaction. */
  @FunctionalInterface
  interface Work<T> {
    /** Does it; it is committed unless this throws. */
    T with(Connection database) throws SQLException;
  }

  /** What is changed there, in one transaction. */
  @FunctionalInterface
  interface Change {
    /** Does it; false if there was nothing to change. */
    boolean in(Connection database) throws SQLException;
  }

  /**
   * The one that was given.
   *
   * @throws IllegalArgumentException unless it is one
   */
  private NamedDatabase database(Tables tables) {
    List<NamedDatabase> given = databases.given(connection.timeout()).databases();
    if (given.size() != 1) {
      throw new IllegalArgumentException(
          "give one --database, that with the table " + tables.name());
    }
    return given.get(0);
  }

  /**
   * Does something there.
   *
   * @throws NotFoundException if there is no such table
   * @throws UnavailableException if the database cannot be reached, or fails otherwise
   * @throws IllegalArgumentException unless one database was given
   */
  <T> T run(Tables tables, Work<T> work) {
    NamedDatabase database = database(tables);
    try (Connection there = database.source().getConnection()) {
      there.setAutoCommit(false);
      T result = work.with(there);
      there.commit();
      return result;
    } catch (SQLException e) {
      throw failed(database, tables, e);
    }
  }

  private static RuntimeException failed(NamedDatabase database, Tables tables, SQLException e) {
    if (NO_SUCH_TABLE.contains(String.valueOf(e.getSQLState()))) {
      return new NotFoundException(
          "no table "
              + tables.name()
              + " in "
              + database
              + ": give --table if it is called otherwise; the service makes it with "
              + tables.making());
    }
    return new UnavailableException("database " + database + ": " + e.getMessage(), e);
  }

  /**
   * Changes something there and notes it in the cluster, before it is committed: nothing is done
   * without a note, and nothing is noted that is not done.
   *
   * @param action as the audit trail shows it
   * @param subject as the audit trail shows it; the database is added
   * @return false if there was nothing to change; then nothing is noted
   */
  boolean change(Tables tables, String action, String subject, String reason, Change change) {
    NamedDatabase database = database(tables);
    try (Coordinator coordinator = connection.open();
        Connection there = database.source().getConnection()) {
      there.setAutoCommit(false);
      if (!change.in(there)) {
        there.rollback();
        return false;
      }
      note(coordinator, action, subject + " in database " + database, reason, there);
      try {
        there.commit();
      } catch (SQLException e) {
        throw new UnavailableException(
            "noted in the audit trail, but perhaps not done; look again: " + e.getMessage(), e);
      }
      return true;
    } catch (SQLException e) {
      throw failed(database, tables, e);
    }
  }

  private void note(
      Coordinator coordinator, String action, String subject, String reason, Connection there)
      throws SQLException {
    AuditEntry entry = AuditEntry.shortened(action, subject, reason);
    try {
      connection.await(
          coordinator
              .session()
              .thenCompose(
                  session ->
                      new AuditTrail(coordinator)
                          .noting(entry, Transaction.EMPTY, session)
                          .thenCompose(session::commit)));
    } catch (RuntimeException e) {
      there.rollback();
      throw e;
    }
  }

  /** The holder of each lock: the process that does the work. */
  List<Optional<String>> holders(List<String> locks) {
    try (Coordinator coordinator = connection.openToRead()) {
      LockQueues queues = new LockQueues(coordinator);
      return locks.stream()
          .map(
              name ->
                  connection.await(queues.queue(name)).stream()
                      .filter(each -> each.role() == Role.HOLDER)
                      .findFirst()
                      .map(SingleDatabase::who))
          .toList();
    }
  }

  private static String who(QueueMember holder) {
    return holder
        .owner()
        .map(owner -> owner.name() + "@" + owner.host() + "/" + owner.pid())
        .orElse("somebody");
  }
}
