package io.holdfast.transaction.jdbc.tcc;

import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.jdbc.internal.Dialect;
import io.holdfast.transaction.tcc.BarrierRows;
import io.holdfast.transaction.tcc.BarrierState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The barrier's table, seen through one connection. Used by one thread; blocks.
 *
 * <p>{@link #insert} must not fail where there is a row: PostgreSQL would give up the whole
 * transaction. On MariaDB it must not read-lock that row either, as {@code INSERT IGNORE} does: two
 * cancels would then wait for each other to change it. So there it changes it at once, which locks
 * it for writing.
 */
final class BarrierTable implements BarrierRows<SQLException> {

  /** What a call works with. */
  record Call(String action, String arguments) {}

  /** Of who puts no row of a try. */
  static final Call NO_CALL = new Call("", "");

  private static final String KEY = " WHERE epoch = ? AND sequence = ? AND branch = ?";
  private static final String COLUMNS =
      "INSERT INTO holdfast_barrier (epoch, sequence, branch, decider, state, action, arguments)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?)";
  private static final String CHANGE =
      "UPDATE holdfast_barrier SET state = ?" + KEY + " AND state = ?";
  private static final String FIND = "SELECT state FROM holdfast_barrier" + KEY;
  private static final String CALL = "SELECT action, arguments FROM holdfast_barrier" + KEY;
  private static final String IN_DOUBT =
      "SELECT epoch, sequence, branch, decider, %s FROM holdfast_barrier WHERE state IN ('T', 'P')";
  private static final String REMEMBERED =
      "SELECT DISTINCT epoch FROM holdfast_barrier WHERE epoch >= ? AND epoch < ?";
  private static final String FORGET =
      "DELETE FROM holdfast_barrier WHERE epoch = ? AND sequence > ? AND sequence < ?"
          + " AND state NOT IN ('T', 'P')";

  /** The names of several are joined. */
  private static final String NOT_DECIDED_BY_ONE =
      " AND (decider = '' OR decider LIKE '%+%' OR decider LIKE '%~%'"
          + " OR made < CURRENT_TIMESTAMP - INTERVAL '1' DAY)";

  private static final String FORGET_ALONE =
      "DELETE FROM holdfast_barrier WHERE epoch >= 'alone:' AND epoch < 'alone;'"
          + " AND made < CURRENT_TIMESTAMP - INTERVAL '1' DAY";

  private static final String ALONE = "alone:";
  private static final String DUPLICATE_IN_H2 = "23505";

  private final Connection connection;
  private final Dialect dialect;
  private final int seconds;
  private final Call call;

  /** {@code call} is what {@link #insert} notes. */
  BarrierTable(Connection connection, Duration statementTimeout, Call call) throws SQLException {
    this.connection = connection;
    this.dialect = Dialect.of(connection);
    this.seconds = (int) Math.min(statementTimeout.toSeconds(), Integer.MAX_VALUE);
    this.call = call;
  }

  /** Names sort and are told apart byte by byte in all of them. */
  static List<String> ddl(Dialect dialect) {
    String columns =
        "CREATE TABLE IF NOT EXISTS holdfast_barrier (epoch varchar(150)%1$s NOT NULL,"
            + " sequence bigint NOT NULL, branch int NOT NULL, decider varchar(63)%1$s NOT NULL,"
            + " state varchar(1)%1$s NOT NULL, action varchar(100) NOT NULL,"
            + " arguments text NOT NULL, made timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,"
            + " PRIMARY KEY (epoch, sequence, branch)%2$s";
    String index = "CREATE INDEX IF NOT EXISTS holdfast_barrier_tried ON holdfast_barrier (state)";
    return switch (dialect) {
      case POSTGRESQL ->
          List.of(columns.formatted(" COLLATE \"C\"", ")"), index + " WHERE state IN ('T', 'P')");
      case MARIADB ->
          List.of(
              columns.formatted(
                  " CHARACTER SET ascii COLLATE ascii_bin",
                  ", asked int NOT NULL DEFAULT 0, INDEX (state)) ENGINE=InnoDB"));
      case H2 -> List.of(columns.formatted("", ")"), index);
    };
  }

  @Override
  public boolean insert(BranchId branch, BarrierState state) throws SQLException {
    TransactionId id = branch.transaction();
    return insert(epoch(id), id.sequence(), branch.index(), id.decider().orElse(""), state);
  }

  private boolean insert(String epoch, long sequence, int index, String decider, BarrierState state)
      throws SQLException {
    String sql =
        switch (dialect) {
          case POSTGRESQL -> COLUMNS + " ON CONFLICT DO NOTHING";
          case MARIADB -> COLUMNS + " ON DUPLICATE KEY UPDATE asked = asked + 1";
          case H2 -> COLUMNS;
        };
    try (PreparedStatement insert = prepare(sql, epoch, sequence, index)) {
      insert.setString(4, decider);
      insert.setString(5, letter(state));
      insert.setString(6, call.action());
      insert.setString(7, call.arguments());
      return insert.executeUpdate() == 1;
    } catch (SQLException e) {
      if (dialect == Dialect.H2 && DUPLICATE_IN_H2.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public boolean change(BranchId branch, BarrierState from, BarrierState to) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(CHANGE)) {
      update.setQueryTimeout(seconds);
      update.setString(1, letter(to));
      key(update, 2, branch);
      update.setString(5, letter(from));
      return update.executeUpdate() == 1;
    }
  }

  @Override
  public Optional<BarrierState> find(BranchId branch) throws SQLException {
    TransactionId id = branch.transaction();
    return find(epoch(id), id.sequence(), branch.index());
  }

  private Optional<BarrierState> find(String epoch, long sequence, int index) throws SQLException {
    try (PreparedStatement find = prepare(FIND, epoch, sequence, index);
        ResultSet row = find.executeQuery()) {
      return row.next() ? Optional.of(state(row.getString(1))) : Optional.empty();
    }
  }

  /** What the try was called with; the row is there. */
  Call call(BranchId branch) throws SQLException {
    TransactionId id = branch.transaction();
    try (PreparedStatement find = prepare(CALL, epoch(id), id.sequence(), branch.index());
        ResultSet row = find.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the row of " + branch + " is gone");
      }
      return new Call(row.getString(1), row.getString(2));
    }
  }

  /**
   * Notes how one ended that has no name because it is alone.
   *
   * @param mark its own
   * @return how it has ended, which need not be so
   */
  BarrierState alone(String mark, BarrierState state) throws SQLException {
    return insert(ALONE + mark, 0, 0, "", state)
        ? state
        : find(ALONE + mark, 0, 0)
            .orElseThrow(() -> new SQLException("the row was forgotten at this very moment"));
  }

  /**
   * Refuses to go on if the database has rolled the row back, and with it what was done since: so
   * do MariaDB and H2 at a deadlock, and then go on in another transaction, if the action swallows
   * the error. PostgreSQL does not go on.
   */
  void require(BranchId branch, BarrierState state) throws SQLException {
    require(epoch(branch.transaction()), branch.transaction().sequence(), branch.index(), state);
  }

  /** Likewise, of one that is alone. */
  void requireAlone(String mark) throws SQLException {
    require(ALONE + mark, 0, 0, BarrierState.CONFIRMED);
  }

  private void require(String epoch, long sequence, int index, BarrierState state)
      throws SQLException {
    if (dialect != Dialect.POSTGRESQL
        && !find(epoch, sequence, index).filter(state::equals).isPresent()) {
      throw new SQLException(
          "the database has rolled back what the action did, and the action did not pass that on");
    }
  }

  /** The branches of a domain that have been tried and have not ended, with since how long. */
  Map<BranchId, Duration> inDoubt(String domain) throws SQLException {
    Map<BranchId, Duration> found = new LinkedHashMap<>();
    try (PreparedStatement list = connection.prepareStatement(IN_DOUBT.formatted(age()))) {
      list.setQueryTimeout(seconds);
      try (ResultSet rows = list.executeQuery()) {
        while (rows.next()) {
          String decider = rows.getString(4);
          String id =
              rows.getString(1) + ":" + rows.getLong(2) + (decider.isEmpty() ? "" : "@" + decider);
          int index = rows.getInt(3);
          Duration age = Duration.ofMillis(Math.max(0, rows.getLong(5)));
          TransactionId.parse(id)
              .filter(each -> each.domain().equals(domain))
              .ifPresent(each -> found.put(each.branch(index), age));
        }
      }
    }
    return found;
  }

  /** Milliseconds since a row was made, by the database's clock. */
  private String age() {
    return switch (dialect) {
      case POSTGRESQL ->
          "CAST(1000 * EXTRACT(EPOCH FROM CAST(CURRENT_TIMESTAMP AS timestamp) - made) AS bigint)";
      case MARIADB -> "TIMESTAMPDIFF(MICROSECOND, made, CURRENT_TIMESTAMP) DIV 1000";
      case H2 -> "DATEDIFF('MILLISECOND', made, LOCALTIMESTAMP)";
    };
  }

  /** The epochs of a domain that have rows. Forgets old ones that belong to none. */
  List<String> epochs(String domain) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(FORGET_ALONE)) {
      delete.setQueryTimeout(seconds);
      delete.executeUpdate();
    }
    Set<String> found = new TreeSet<>();
    try (PreparedStatement list = connection.prepareStatement(REMEMBERED)) {
      list.setQueryTimeout(seconds);
      list.setString(1, domain + ":");
      list.setString(2, domain + ";");
      try (ResultSet rows = list.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1).substring(domain.length() + 1));
        }
      }
    }
    return List.copyOf(found);
  }

  /** Range by range, between those that are to stay. */
  void forget(String domain, String epoch, long upTo, Set<Long> but) throws SQLException {
    boolean all = upTo == Long.MAX_VALUE;
    try (PreparedStatement delete =
        connection.prepareStatement(all ? FORGET : FORGET + NOT_DECIDED_BY_ONE)) {
      delete.setQueryTimeout(seconds);
      long after = -1;
      Set<Long> ends = new TreeSet<>(but);
      ends.add(all ? upTo : upTo + 1);
      for (long end : ends) {
        delete.setString(1, domain + ":" + epoch);
        delete.setLong(2, after);
        delete.setLong(3, end);
        delete.addBatch();
        after = end;
      }
      delete.executeBatch();
    }
  }

  private PreparedStatement prepare(String sql, String epoch, long sequence, int index)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setQueryTimeout(seconds);
    statement.setString(1, epoch);
    statement.setLong(2, sequence);
    statement.setInt(3, index);
    return statement;
  }

  private static void key(PreparedStatement statement, int from, BranchId branch)
      throws SQLException {
    statement.setString(from, epoch(branch.transaction()));
    statement.setLong(from + 1, branch.transaction().sequence());
    statement.setInt(from + 2, branch.index());
  }

  /** As it is called here, where those of several namespaces may be. */
  private static String epoch(TransactionId id) {
    return id.domain() + ":" + id.epoch();
  }

  private static String letter(BarrierState state) {
    return switch (state) {
      case TRIED -> "T";
      case PRECOMMITTED -> "P";
      case CONFIRMED -> "C";
      case CANCELLED -> "X";
    };
  }

  private static BarrierState state(String letter) throws SQLException {
    for (BarrierState state : BarrierState.values()) {
      if (letter(state).equals(letter)) {
        return state;
      }
    }
    throw new SQLException("not a state of the barrier: " + letter);
  }
}
