package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.xa.XaConnection;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  private static final String SETTINGS =
      "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version', 'read_only', 'wsrep_on',"
          + " 'legacy_xa_rollback_at_disconnect', 'innodb_flush_log_at_trx_commit', 'log_bin',"
          + " 'sync_binlog', 'server_uid')";

  private static final Pattern VERSION = Pattern.compile("(?:5\\.5\\.5-)?([0-9]+)\\.([0-9]+).*");
  private static final int OLDEST = 10_05;

  private final XADataSource source;

  MariaDbConnections(XADataSource source) {
    this.source = source;
  }

  void examine() throws SQLException {
    XAConnection xa = source.getXAConnection();
    try (Connection connection = xa.getConnection()) {
      Map<String, String> settings = settings(connection);
      check(settings);
      warn(settings);
    } finally {
      xa.close();
    }
  }

  private static Map<String, String> settings(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(SETTINGS)) {
      Map<String, String> settings = new HashMap<>();
      while (rows.next()) {
        settings.put(rows.getString(1), rows.getString(2));
      }
      return settings;
    }
  }

  /**
   * Refuses servers on which a prepared branch may end by itself, or may be missing.
   *
   * @throws IllegalStateException if it is refused
   */
  static void check(Map<String, String> settings) {
    String version = settings.getOrDefault("version", "");
    Matcher form = VERSION.matcher(version);
    if (!version.toLowerCase(Locale.ROOT).contains("mariadb")
        || !form.matches()
        || Integer.parseInt(form.group(1)) * 100 + Integer.parseInt(form.group(2)) < OLDEST) {
      throw new IllegalStateException(
          "MariaDB 10.5 or later is needed, where a prepared branch outlives its connection, not "
              + version);
    }
    if (isOn(settings, "legacy_xa_rollback_at_disconnect")) {
      throw new IllegalStateException(
          "legacy_xa_rollback_at_disconnect is on: the server rolls prepared branches back with"
              + " their connection; switch that off");
    }
    if (isOn(settings, "wsrep_on")) {
      throw new IllegalStateException("a node of Galera, which does not replicate XA branches");
    }
    if (isOn(settings, "read_only")) {
      throw new IllegalStateException("read_only is on: a replica, which may be behind");
    }
  }

  private static void warn(Map<String, String> settings) {
    if (!settings.getOrDefault("innodb_flush_log_at_trx_commit", "1").equals("1")) {
      LOG.warn(
          "innodb_flush_log_at_trx_commit is not 1: a crash of the machine may lose what is"
              + " prepared");
    }
    if (isOn(settings, "log_bin") && !settings.getOrDefault("sync_binlog", "1").equals("1")) {
      LOG.warn(
          "sync_binlog is not 1: after a crash of the machine the binary log may lack what is"
              + " prepared, and replicas with it");
    }
  }

  private static boolean isOn(Map<String, String> settings, String name) {
    String value = settings.getOrDefault(name, "OFF");
    return value.equalsIgnoreCase("ON") || value.equals("1");
  }

  @Override
  public XaConnection<Connection> open() throws XAException {
    XAConnection xa = null;
    try {
      xa = source.getXAConnection();
      Connection connection = xa.getConnection();
      Map<String, String> settings = settings(connection);
      check(settings);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET SESSION wait_timeout = " + IDLE_SECONDS);
      }
      return new Opened(xa, connection, settings.getOrDefault("server_uid", ""));
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
