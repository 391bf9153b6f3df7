package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.xa.XaOptions;
import io.holdfast.transaction.xa.XaParticipant;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;

/**
 * A database of MariaDB, 10.5 or later, by XA.
 *
 * <p><b>Connections.</b> In MariaDB a prepared branch belongs to the connection that has prepared
 * it: as long as that lives it can do nothing else, and no other can end the branch. So a branch
 * keeps its connection until it has ended; see {@link XaParticipant}. The server ends connections
 * that were idle for {@value MariaDbConnections#IDLE_SECONDS} seconds: after that anybody can end
 * what a frozen coordinator has prepared, or one whose machine is gone.
 *
 * <p><b>The user</b> needs no privilege to end or list branches; {@code XA RECOVER} shows those of
 * the whole server, and ours are told apart by their format and namespace.
 *
 * <p><b>What a prepared branch costs others.</b> Until it has ended it keeps its row locks.
 *
 * <p>MariaDB prepares a branch that has changed nothing like any other, and {@link
 * SqlWork#asReadOnly} has no effect here. One branch alone whose reply is lost stays unknown.
 * Thread-safe.
 */
public final class MariaDbParticipant implements Participant, AutoCloseable {

  private final XaParticipant<Connection> xa;

  private MariaDbParticipant(XaParticipant<Connection> xa) {
    this.xa = xa;
  }

  /** {@link #open(String, XADataSource, XaOptions)} with the default options. */
  public static MariaDbParticipant open(String name, XADataSource source) throws SQLException {
    return open(name, source, XaOptions.defaults());
  }

  /**
   * Looks whether the server can be relied on. Blocks for some round trips.
   *
   * @param name the same in every process, and another for every server
   * @param source such as {@code org.mariadb.jdbc.MariaDbDataSource}, not pooled; it should have a
   *     socket time-out, since no other ends the wait for a machine that is gone
   * @throws SQLException if the server cannot be reached
   * @throws IllegalStateException if it cannot take part: it is no MariaDB or too old, a replica, a
   *     node of Galera, or rolls prepared branches back by itself
   */
  public static MariaDbParticipant open(String name, XADataSource source, XaOptions options)
      throws SQLException {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(options, "options");
    MariaDbConnections connections = new MariaDbConnections(source);
    connections.examine();
    return open(name, connections, options);
  }

  /**
   * For operators and their tools: ends and lists branches. Logs nothing of settings. Blocks for
   * some round trips.
   *
   * @throws SQLException if the server cannot be reached, or cannot take part
   */
  public static MariaDbParticipant openForOperators(String name, XADataSource source)
      throws SQLException {
    return open(name, new MariaDbConnections(source), XaOptions.defaults().withThreads(1));
  }

  private static MariaDbParticipant open(
      String name, MariaDbConnections connections, XaOptions options) throws SQLException {
    try {
      return new MariaDbParticipant(XaParticipant.open(name, connections, options));
    } catch (XAException e) {
      throw new SQLException("prepared branches cannot be listed: " + e.getMessage(), e);
    }
  }

  /** A branch of statements. */
  public Branch branch(SqlWork statements) {
    Objects.requireNonNull(statements, "statements");
    return branch(
        connection -> {
          for (SqlWork.Statement each : statements.statements()) {
            execute(connection, each);
          }
        });
  }

  private static void execute(Connection connection, SqlWork.Statement work) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(work.sql())) {
      int parameter = 0;
      for (Object value : work.parameters()) {
        statement.setObject(++parameter, value);
      }
      boolean rows = statement.execute();
      MessageWork.check(work, rows ? MessageWork.found(statement) : statement.getUpdateCount());
    }
  }

  /**
   * A branch that works with a connection. An error that it catches and does not pass on does not
   * count, unless the server has rolled all of the branch back: then the branch refuses.
   */
  public Branch branch(ConnectionWork code) {
    Objects.requireNonNull(code, "code");
    return xa.branch(
        this,
        connection -> {
          try {
            code.run(connection);
          } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
          }
        });
  }

  @Override
  public String name() {
    return xa.name();
  }

  @Override
  public CompletionStage<Void> commit(List<BranchId> branches) {
    return xa.commit(branches);
  }

  @Override
  public CompletionStage<Void> abort(List<BranchId> branches) {
    return xa.abort(branches);
  }

  @Override
  public CompletionStage<List<BranchId>> inDoubt(String domain) {
    return xa.inDoubt(domain);
  }

  /** Ends its threads and its connections, not the data source. */
  @Override
  public void close() {
    xa.close();
  }

  @Override
  public String toString() {
    return "MariaDB " + name();
  }
}
