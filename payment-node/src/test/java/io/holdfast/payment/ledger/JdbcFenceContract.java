package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Generation;
import io.holdfast.coordination.Revision;
import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.JdbcFence.Column;
import io.holdfast.fence.SealTimeoutException;
import io.holdfast.fence.StaleTokenException;
import io.holdfast.lock.FencingToken;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a fence in a database promises, at every isolation level; each database runs it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class JdbcFenceContract {

  private static final FencingToken OLD = FencingToken.of(new Revision(0x7fff_ffffL));

  /** Its uuid is the smaller one by {@link java.util.UUID#compareTo}. */
  private static final FencingToken NEW = FencingToken.of(new Revision(0x8000_0000L));

  private static final Duration BOUND = Duration.ofSeconds(60);

  private final JdbcFence<String> fence = JdbcFence.inTable("fence", Column.TEXT);
  private final List<Connection> open = new ArrayList<>();
  private String url = "";

  /** The address of a new, empty database, with user and password. */
  abstract String freshDatabase();

  /** Levels that JDBC knows and the database has. */
  List<Integer> levels() {
    return List.of(
        Connection.TRANSACTION_READ_UNCOMMITTED,
        Connection.TRANSACTION_READ_COMMITTED,
        Connection.TRANSACTION_REPEATABLE_READ,
        Connection.TRANSACTION_SERIALIZABLE);
  }

  /** Levels at which a seal in the transaction that reads is taken. */
  abstract Set<Integer> sealed();

  /** Kinds of column that sort as tokens do. */
  abstract Set<Column> columns();

  /** Gives the number of sessions that wait for a lock. */
  abstract String countOfWaiting();

  /** Gives the number of sessions that wait for another that has inserted the same row. */
  String countOfInserting() {
    return countOfWaiting();
  }

  /** Gives how long the connection waits for a lock. */
  abstract String lockTimeout();

  /** How the database names who is in the way of a seal. */
  abstract String blocker();

  /** True if writers of one holder do not wait for each other. */
  abstract boolean locksForSharing();

  Stream<List<Integer>> pairsOfLevels() {
    return levels().stream().flatMap(a -> levels().stream().map(b -> List.of(a, b)));
  }

  @BeforeEach
  void layOut() throws SQLException {
    url = freshDatabase();
    Connection connection = connect(Connection.TRANSACTION_READ_COMMITTED);
    execute(connection, JdbcFence.ddl(connection, "fence", Column.TEXT));
    execute(connection, "CREATE TABLE payment (id bigint PRIMARY KEY)");
    execute(connection, "CREATE TABLE other (id bigint PRIMARY KEY)");
    fence.enrol(connection, "orders");
    fence.enrol(connection, "orders");
    connection.commit();
    fence.seal(connection, "orders", OLD);
    connection.commit();
  }

  @AfterEach
  void disconnect() throws SQLException {
    for (Connection connection : open) {
      connection.close();
    }
    open.clear();
  }

  private Connection connect(int level) throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    open.add(connection);
    connection.setTransactionIsolation(level);
    connection.setAutoCommit(false);
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long count(Connection connection, String table) throws SQLException {
    return number(connection, "SELECT count(*) FROM " + table);
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** With auto-commit on. */
  private void sealAlone(int level, FencingToken token) throws SQLException {
    Connection connection = connect(level);
    connection.setAutoCommit(true);
    fence.seal(connection, "orders", token);
  }

  /** What the new holder saw, or that its transaction failed. */
  private CompletableFuture<Optional<Long>> sealThenRead(Connection connection) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            fence.seal(connection, "orders", NEW);
            long seen = count(connection, "payment");
            connection.commit();
            return Optional.of(seen);
          } catch (SQLException e) {
            return Optional.empty();
          }
        });
  }

  private void awaitOneWaiting() throws SQLException {
    Connection observer = connect(Connection.TRANSACTION_READ_COMMITTED);
    observer.setAutoCommit(true);
    await().atMost(BOUND).until(() -> number(observer, countOfWaiting()) == 1);
  }

  @ParameterizedTest
  @MethodSource("pairsOfLevels")
  void sealThenRead_whileAWriteHasPassed_seesItOrIsRefused(List<Integer> levels) throws Exception {
    Connection old = connect(levels.get(0));
    Connection successor = connect(levels.get(1));
    fence.check(old, "orders", OLD);
    execute(old, "INSERT INTO payment VALUES (1)");

    CompletableFuture<Optional<Long>> seen = sealThenRead(successor);
    if (sealed().contains(levels.get(1))) {
      awaitOneWaiting();
      assertThat(seen).isNotDone();
    }
    old.commit();

    if (!sealed().contains(levels.get(1))) {
      assertThatThrownBy(() -> seen.get(BOUND.toSeconds(), TimeUnit.SECONDS))
          .hasCauseInstanceOf(IllegalStateException.class)
          .hasMessageContaining("READ COMMITTED");
      return;
    }
    Optional<Long> read = seen.get(BOUND.toSeconds(), TimeUnit.SECONDS);
    assertThat(read.orElse(1L)).isEqualTo(1);
    if (levels.get(1) <= Connection.TRANSACTION_READ_COMMITTED) {
      assertThat(read).isPresent();
      assertThatThrownBy(() -> fence.check(old, "orders", OLD))
          .isInstanceOf(StaleTokenException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("levels")
  void sealAlone_atEveryLevel_isTakenAndEveryoneElseRefused(int level) throws SQLException {
    sealAlone(level, NEW);
    sealAlone(level, NEW);

    Connection connection = connect(level);
    fence.check(connection, "orders", NEW);
    connection.rollback();
    assertThatThrownBy(() -> fence.check(connection, "orders", OLD))
        .isInstanceOf(StaleTokenException.class);
    connection.rollback();
    assertThatThrownBy(() -> sealAlone(level, OLD)).isInstanceOf(StaleTokenException.class);
  }

  /** The transaction has begun before its own process has sealed. */
  @ParameterizedTest
  @MethodSource("levels")
  void checkThenRead_transactionOlderThanTheSeal_seesWhatCameBeforeItOrFails(int level)
      throws SQLException {
    Connection early = connect(level);
    count(early, "other");
    Connection old = connect(Connection.TRANSACTION_READ_COMMITTED);
    fence.check(old, "orders", OLD);
    execute(old, "INSERT INTO payment VALUES (1)");
    old.commit();
    sealAlone(Connection.TRANSACTION_READ_COMMITTED, NEW);

    Optional<Long> seen = Optional.empty();
    try {
      fence.check(early, "orders", NEW);
      seen = Optional.of(count(early, "payment"));
    } catch (SQLException e) {
      assertThat(level).isGreaterThan(Connection.TRANSACTION_READ_COMMITTED);
    }
    assertThat(seen.orElse(1L)).isEqualTo(1);

    early.rollback();
    fence.check(early, "orders", NEW);
    assertThat(count(early, "payment")).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("columns")
  void tokens_eachKindOfColumn_sortAsTokensDo(Column column) throws SQLException {
    Connection connection = connect(Connection.TRANSACTION_READ_COMMITTED);
    execute(connection, JdbcFence.ddl(connection, "other_fence", column));
    JdbcFence<String> other = JdbcFence.inTable("other_fence", column);
    other.enrol(connection, "orders");
    connection.commit();
    other.seal(connection, "orders", OLD);
    other.seal(connection, "orders", NEW);
    other.check(connection, "orders", NEW);
    connection.commit();
    assertThatThrownBy(() -> other.seal(connection, "orders", OLD))
        .isInstanceOf(StaleTokenException.class);
  }

  @Test
  void uuid_whereItSortsDifferently_isRefused() throws SQLException {
    Connection connection = connect(Connection.TRANSACTION_READ_COMMITTED);
    if (!columns().contains(Column.UUID)) {
      assertThatThrownBy(() -> JdbcFence.ddl(connection, "other_fence", Column.UUID))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("TEXT");
    }
  }

  /** Resources whose names differ in case only are two. */
  @Test
  void enrol_nameInOtherCase_isAnotherResource() throws SQLException {
    Connection connection = connect(Connection.TRANSACTION_READ_COMMITTED);
    fence.enrol(connection, "Orders");
    connection.commit();
    assertThat(count(connection, "fence")).isEqualTo(2);
  }

  @Test
  void enrol_bySomebodyElseMeanwhile_isDone() throws Exception {
    Connection first = connect(Connection.TRANSACTION_READ_COMMITTED);
    Connection second = connect(Connection.TRANSACTION_READ_COMMITTED);
    fence.enrol(first, "both");
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(
            () -> {
              try {
                fence.enrol(second, "both");
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    Connection observer = connect(Connection.TRANSACTION_READ_COMMITTED);
    await().atMost(BOUND).until(() -> number(observer, countOfInserting()) == 1);
    first.commit();

    waiting.get(60, TimeUnit.SECONDS);
    second.commit();
    assertThat(count(first, "fence")).isEqualTo(2);
  }

  @Test
  void check_twoWritersOfOneHolder_doNotWaitForEachOther() throws SQLException {
    if (locksForSharing()) {
      fence.check(connect(Connection.TRANSACTION_READ_COMMITTED), "orders", OLD);
      fence.check(connect(Connection.TRANSACTION_READ_COMMITTED), "orders", OLD);
    }
  }

  @Test
  void seal_unknownResource_isAMistakeAndNotStale() throws SQLException {
    Connection connection = connect(Connection.TRANSACTION_READ_COMMITTED);
    assertThatThrownBy(() -> fence.seal(connection, "bills", NEW))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("enrol");
    assertThatThrownBy(() -> fence.check(connection, "bills", NEW))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("enrol");
  }

  @Test
  void check_withAutoCommit_isRefused() throws SQLException {
    Connection connection = connect(Connection.TRANSACTION_READ_COMMITTED);
    connection.setAutoCommit(true);
    assertThatThrownBy(() -> fence.check(connection, "orders", OLD))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("auto-commit");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void seal_earlierHolderStandsStill_failsInTimeAndSaysWhoIsInTheWay(boolean autoCommit)
      throws SQLException {
    Connection old = connect(Connection.TRANSACTION_READ_COMMITTED);
    fence.check(old, "orders", OLD);
    execute(old, "INSERT INTO payment VALUES (1)");
    Connection successor = connect(Connection.TRANSACTION_READ_COMMITTED);
    successor.setAutoCommit(autoCommit);
    String before = text(successor, lockTimeout());

    assertThatThrownBy(() -> fence.seal(successor, "orders", NEW, Duration.ofMillis(300)))
        .isInstanceOf(SealTimeoutException.class)
        .hasMessageContaining("the seal of 'orders' has waited 300 ms: it is blocked by")
        .satisfies(
            e ->
                assertThat(((SealTimeoutException) e).inTheWay())
                    .singleElement()
                    .asString()
                    .matches(blocker()));

    assertThat(text(successor, lockTimeout())).isEqualTo(before);
    assertThat(successor.getAutoCommit()).isEqualTo(autoCommit);
    assertThat(count(successor, "payment")).as("goes on").isZero();
    old.commit();
    fence.seal(successor, "orders", NEW, BOUND);
    assertThat(text(successor, lockTimeout())).isEqualTo(before);
    assertThat(count(successor, "payment")).isEqualTo(1);
    if (!autoCommit) {
      successor.commit();
    }
    fence.check(old, "orders", NEW);
    old.commit();
    assertThatThrownBy(() -> fence.seal(successor, "orders", OLD, BOUND))
        .isInstanceOf(StaleTokenException.class);
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void check_notSealedByThisHolder_asksForTheSeal() throws SQLException {
    Connection connection = connect(Connection.TRANSACTION_READ_COMMITTED);
    fence.enrol(connection, "bills");

    assertThatThrownBy(() -> fence.check(connection, "bills", NEW))
        .isInstanceOf(StaleTokenException.class)
        .hasMessageContaining("'bills' is sealed by nobody")
        .hasMessageContaining("call seal");
    assertThatThrownBy(() -> fence.check(connection, "orders", NEW))
        .isInstanceOf(StaleTokenException.class)
        .hasMessageContaining("is sealed by " + OLD)
        .hasMessageContaining("call seal")
        .satisfies(e -> assertThat(((StaleTokenException) e).sealed()).contains(OLD));
  }

  /** As after a restore from a backup: the lock is held, and its tokens are smaller. */
  @Test
  void sealAndCheck_smallerToken_tellBothAndHowToRaiseTheGeneration() throws SQLException {
    FencingToken third = FencingToken.of(new Generation(3), new Revision(5));
    sealAlone(Connection.TRANSACTION_READ_COMMITTED, third);
    Connection connection = connect(Connection.TRANSACTION_READ_COMMITTED);

    for (ThrowingCallable refused :
        List.<ThrowingCallable>of(
            () -> fence.seal(connection, "orders", NEW),
            () -> fence.check(connection, "orders", NEW))) {
      assertThatThrownBy(refused)
          .isInstanceOf(StaleTokenException.class)
          .hasMessageContaining(third.toString())
          .hasMessageContaining(NEW.toString())
          .hasMessageContaining("holdfast generation bump --to 4 --yes");
      connection.rollback();
    }
  }
}
