package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.HeuristicException;
import io.holdfast.transaction.jdbc.BranchWork.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends and lists prepared transactions, over connections that it keeps. Thread-safe; blocks. */
final class PostgresControl {

  static final int MOST_CONNECTIONS = 5;

  static final String COMMIT = "COMMIT PREPARED";
  static final String ROLLBACK = "ROLLBACK PREPARED";

  private static final Logger LOG = LoggerFactory.getLogger(PostgresControl.class);

  /** No prepared transaction has this name: it has ended, or there never was one. */
  private static final String UNDEFINED_OBJECT = "42704";

  /**
   * What tells a server from every other in its place: its data, and its timeline, which each
   * promotion of a standby changes. Null on a standby.
   */
  private static final String SERVER =
      "(SELECT system_identifier FROM pg_control_system()) || '/'"
          + " || CASE WHEN pg_is_in_recovery() THEN NULL"
          + " ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END";

  private static final String LIST =
      "SELECT server, gid, standbys FROM (SELECT "
          + SERVER
          + " AS server, (SELECT count(*) FROM pg_stat_replication) AS standbys) one LEFT JOIN pg_prepared_xacts"
          + " ON database = current_database() AND starts_with(gid, ?)";

  private static final String AGES =
      "SELECT gid, extract(epoch FROM clock_timestamp() - prepared) FROM pg_prepared_xacts"
          + " WHERE database = current_database() AND starts_with(gid, ?)";

  private final ControlConnections connections;
  private final int seconds;

  /** {@link #SERVER} as it was seen last. */
  private volatile @Nullable String server;

  /** Whether another server may take its place, as it was seen last. */
  private volatile boolean replicated;

  private final PreparedPositions places = new PreparedPositions();

  PostgresControl(DataSource source, Duration timeout) {
    this.connections = new ControlConnections(source, MOST_CONNECTIONS, timeout);
    this.seconds = (int) Math.max(1, Math.min(timeout.toSeconds(), Integer.MAX_VALUE));
  }

  /** A pooler may give the next message to another session, so nothing is set in this one. */
  private <S extends Statement> S timed(S statement) throws SQLException {
    statement.setQueryTimeout(seconds);
    return statement;
  }

  /** What is done with a connection. */
  interface Use<T> {
    T with(Connection connection) throws SQLException;
  }

  void examine(int branchesAtATime) throws SQLException {
    PostgresSettings settings = use(connection -> PostgresSettings.read(connection, seconds));
    settings.check(branchesAtATime);
    settings.warnings().forEach(LOG::warn);
    replicated = settings.standbys() > 0 || !settings.synchronousStandbys().isBlank();
    lookAtServer();
  }

  void lookAtServer() throws SQLException {
    server = use(connection -> Optional.ofNullable(askServer(connection))).orElse(null);
  }

  private @Nullable String askServer(Connection connection) throws SQLException {
    try (Statement statement = timed(connection.createStatement());
        ResultSet row = statement.executeQuery("SELECT " + SERVER)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Says it once when another server has taken the place. */
  private void seen(String now) {
    String before = server;
    server = now;
    if (before != null && !before.equals(now)) {
      LOG.warn(
          "another server is there now ({}, it was {}): what was prepared or committed before and"
              + " was not replicated to it is lost",
          now,
          before);
    }
  }

  /**
   * A branch is about to be prepared, on the server that was seen last or a later one.
   *
   * @return if it is worth asking where in the log that is
   */
  Position preparing(BranchId branch) {
    String now = server;
    if (now != null) {
      places.preparing(branch, now);
    }
    return worthAsking();
  }

  /** It is prepared, before that position of the log. */
  void prepared(BranchId branch, String position) {
    places.prepared(branch, position);
  }

  /** It is not prepared, and nobody asks for it any more. */
  void refused(BranchId branch) {
    places.forget(List.of(branch));
  }

  /**
   * Ends branches, whichever of them are there. First all in one message. If that fails each by
   * itself: the message tells of the first failure only, and not what was done before it.
   *
   * @param how {@link #COMMIT} or {@link #ROLLBACK}
   * @throws SQLException if it is not certain that all of them have ended
   * @throws HeuristicException if one was to be committed and may be lost
   */
  void end(String how, List<BranchId> branches) throws SQLException {
    if (branches.size() > 1 && endTogether(how, branches)) {
      places.forget(branches);
      return;
    }
    SQLException unknown = null;
    HeuristicException lost = null;
    for (BranchId branch : branches) {
      try {
        endOne(how, branch);
        places.forget(List.of(branch));
      } catch (SQLException e) {
        unknown = e;
      } catch (HeuristicException e) {
        lost = e;
      }
    }
    if (lost != null) {
      throw lost;
    }
    if (unknown != null) {
      throw unknown;
    }
  }

  private boolean endTogether(String how, List<BranchId> branches) {
    try {
      return use(
          connection -> {
            try (Statement batch = timed(connection.createStatement())) {
              for (BranchId branch : branches) {
                batch.addBatch(how + " '" + branch + "'");
              }
              batch.executeBatch();
              return !how.equals(COMMIT) || batch.getWarnings() == null;
            }
          });
    } catch (SQLException e) {
      return false;
    }
  }

  private void endOne(String how, BranchId branch) throws SQLException {
    boolean commit = how.equals(COMMIT);
    use(
        connection -> {
          try (Statement statement = timed(connection.createStatement())) {
            statement.execute(how + " '" + branch + "'");
            if (!commit || statement.getWarnings() == null) {
              return true;
            }
          } catch (SQLException e) {
            if (!UNDEFINED_OBJECT.equals(e.getSQLState())) {
              throw e;
            }
            if (commit) {
              requireKept(connection, branch);
            }
          }
          if (commit) {
            requireReplicated(connection);
          }
          return true;
        });
  }

  /**
   * Waits until all that was committed before is where synchronous replication wants it. Whoever
   * asks again after a wait that was cancelled finds that it is done: only on this server, perhaps.
   *
   * @throws SQLException if that is not certain
   */
  void requireReplicated(Connection connection) throws SQLException {
    Replication.require(connection, seconds);
  }

  /** The branch is not there: it has ended, or was lost with the server that had it. */
  private void requireKept(Connection connection, BranchId branch) throws SQLException {
    String now = String.valueOf(askServer(connection));
    Optional<String> then = places.lostFrom(branch, connection, now);
    if (then.isPresent()) {
      throw new HeuristicException(
          branch,
          ("it was prepared on the server %s, and %s, which is there now, does not know it: it is"
                  + " lost, or somebody else has committed it before. Look for its effects, and"
                  + " redo them by hand if they are missing")
              .formatted(then.get(), now));
    }
  }

  /** The branches of a domain in this database; {@code pg_prepared_xacts} shows all databases'. */
  List<BranchId> prepared(String domain) throws SQLException {
    return use(
        connection -> {
          List<BranchId> found = new ArrayList<>();
          try (PreparedStatement list = timed(connection.prepareStatement(LIST))) {
            list.setString(1, "hf:" + domain + ":");
            try (ResultSet rows = list.executeQuery()) {
              while (rows.next()) {
                String now = rows.getString(1);
                if (now == null) {
                  throw new SQLException("a standby, which may be behind and ends nothing");
                }
                seen(now);
                if (rows.getLong(3) > 0) {
                  replicated = true;
                }
                String gid = rows.getString(2);
                if (gid != null) {
                  BranchId.parse(gid).ifPresent(found::add);
                }
              }
            }
          }
          String now = server;
          if (now != null) {
            found.forEach(branch -> places.seen(branch, now));
          }
          return found;
        });
  }

  /** For how long the branches of a domain have been prepared. */
  Map<BranchId, Duration> ages(String domain) throws SQLException {
    return use(
        connection -> {
          Map<BranchId, Duration> ages = new HashMap<>();
          try (PreparedStatement list = timed(connection.prepareStatement(AGES))) {
            list.setString(1, "hf:" + domain + ":");
            try (ResultSet rows = list.executeQuery()) {
              while (rows.next()) {
                Duration age = Duration.ofMillis((long) (Math.max(0, rows.getDouble(2)) * 1_000));
                BranchId.parse(rows.getString(1)).ifPresent(branch -> ages.put(branch, age));
              }
            }
          }
          return ages;
        });
  }

  /** As {@link NumberedTransaction#hasCommitted}, and replicated if it has. */
  Optional<Boolean> hasCommitted(NumberedTransaction transaction) throws SQLException {
    return use(
        connection -> {
          Optional<Boolean> found = transaction.hasCommitted(connection, seconds);
          requireReplicated(connection);
          return found;
        });
  }

  /**
   * Whether another server may take its place: then it is worth asking where in the log things are.
   */
  Position worthAsking() {
    return replicated ? Position.ASKED : Position.UNKNOWN;
  }

  /** Whatever fails, its connection is not used again. */
  <T> T use(Use<T> use) throws SQLException {
    Connection connection = connections.take();
    boolean good = false;
    try {
      T result = use.with(connection);
      good = true;
      return result;
    } finally {
      if (good) {
        connections.give(connection);
      } else {
        closeQuietly(connection);
      }
    }
  }

  void close() {
    connections.close();
  }

  static void closeQuietly(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException gone) {
        LOG.debug("a connection is closed already", gone);
      }
    }
  }
}
