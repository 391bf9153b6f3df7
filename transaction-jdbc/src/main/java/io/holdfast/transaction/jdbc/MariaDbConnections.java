package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.xa.XaConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to MariaDB as a participant needs them. */
final class MariaDbConnections implements XaConnection.Source<Connection> {

  /** After which the server ends a connection, and lets go the branch that is prepared in it. */
  static final int IDLE_SECONDS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(MariaDbConnections.class);

  private final XADataSource source;

  MariaDbConnections(XADataSource source) {
    this.source = source;
  }

  void examine() throws SQLException {
    XAConnection xa = source.getXAConnection();
    try (Connection connection = xa.getConnection()) {
      MariaDbSettings settings = MariaDbSettings.read(connection);
      settings.check();
      settings.warnings().forEach((what, advice) -> LOG.warn("{}; {}", what, advice));
    } finally {
      xa.close();
    }
  }

  @Override
  public XaConnection<Connection> open() throws XAException {
    XAConnection xa = null;
    try {
      xa = source.getXAConnection();
      Connection connection = xa.getConnection();
      MariaDbSettings settings = MariaDbSettings.read(connection);
      settings.check();
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET SESSION wait_timeout = " + IDLE_SECONDS);
      }
      return new Opened(xa, connection, settings.server());
    } catch (SQLException | IllegalStateException e) {
      close(xa);
      throw failed(e);
    }
  }

  private static XAException failed(Exception e) {
    XAException failed = new XAException(String.valueOf(e.getMessage()));
    failed.errorCode = XAException.XAER_RMFAIL;
    failed.initCause(e);
    return failed;
  }

  private static void close(@Nullable XAConnection xa) {
    if (xa != null) {
      try {
        xa.close();
      } catch (SQLException gone) {
        LOG.debug("a connection is closed already", gone);
      }
    }
  }

  /** Used by one thread at a time. */
  private static final class Opened implements XaConnection<Connection> {
    private final XAConnection xa;
    private final Connection connection;
    private final XAResource resource;
    private final String server;
    private long limit;

    Opened(XAConnection xa, Connection connection, String server) throws SQLException {
      this.xa = xa;
      this.connection = connection;
      this.server = server;
      this.resource = xa.getXAResource();
    }

    @Override
    public XAResource resource() {
      return resource;
    }

    @Override
    public Connection session() {
      return connection;
    }

    @Override
    public String server() {
      return server;
    }

    /** In whole seconds, which seldom change: then nothing is sent. */
    @Override
    public void limit(long millis) throws XAException {
      long seconds = Math.max(1, Math.min((millis + 999) / 1000, 1_000_000));
      if (seconds != limit) {
        try (Statement statement = connection.createStatement()) {
          statement.execute(
              "SET SESSION max_statement_time = %d, innodb_lock_wait_timeout = %d"
                  .formatted(seconds, seconds));
          limit = seconds;
        } catch (SQLException e) {
          throw failed(e);
        }
      }
    }

    /** The server has not closed it yet, and does not at once. */
    @Override
    public boolean isFresh(long idleMillis) {
      return idleMillis < IDLE_SECONDS * 500L;
    }

    @Override
    public void close() {
      MariaDbConnections.close(xa);
    }
  }
}
