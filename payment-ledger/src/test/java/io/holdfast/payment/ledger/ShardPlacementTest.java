package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.payment.ledger.internal.PlacementMap;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Where a shard is, whatever the map says. */
class ShardPlacementTest {

  private static final TwoNodes LEDGER =
      new TwoNodes(CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(3)));

  @AfterAll
  static void close() {
    LEDGER.close();
  }

  private static void sql(String database, String... statements) {
    sql(LEDGER, database, statements);
  }

  private static void sql(TwoNodes ledger, String database, String... statements) {
    DatabaseConfig config = ledger.database(database);
    try (Connection connection =
            DriverManager.getConnection(config.url(), config.user(), config.password());
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static String state(int shard, String state, long moves, String movedTo) {
    return "UPDATE shard SET state = '%s', moves = %d, moved_to = %s WHERE shard = %d"
        .formatted(state, moves, movedTo.isEmpty() ? "NULL" : "'" + movedTo + "'", shard);
  }

  private static String databaseOf(Ledger node, int shard) {
    return node.placement().shards().get(shard).database();
  }

  private static void awaitEverywhere(int shard, String database) {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(LEDGER.nodes)
                    .allSatisfy(
                        node -> {
                          assertThat(databaseOf(node, shard)).isEqualTo(database);
                          assertThat(node.placement().version()).isGreaterThan(1);
                        }));
  }

  private static void opensAnAccount(int shard, String name) {
    Reply opened =
        LEDGER.run(
            Caller.of("olga", Role.OPERATOR),
            new OpenAccount(),
            OpenAccount.wallet(LEDGER.account(shard, name), name, "EUR"),
            "open");
    assertThat(opened.refusal()).isEmpty();
    for (Ledger node : LEDGER.nodes) {
      assertThat(node.reader().account(LEDGER.account(shard, name))).isPresent();
    }
  }

  @Test
  void placement_ofANewLedger_isSpreadEvenlyByOneNode() {
    for (Ledger node : LEDGER.nodes) {
      assertThat(databaseOf(node, 6)).isEqualTo("a");
      assertThat(node.placement().version()).isPositive();
    }
    PlacementMap even = PlacementMap.spread(List.of("b", "a"), 5);
    assertThat(even.databases()).containsExactly("a", "b");
    assertThat(even.shards()).containsExactly(0, 1, 0, 1, 0);
  }

  @Test
  void seal_shardIsInAnotherDatabase_isFoundAndTheMapMended() {
    sql("a", state(2, "ABSENT", 0, ""));
    sql("b", state(2, "HERE", 1, ""));
    LEDGER.take(2, LEDGER.nodes.get(1));
    awaitEverywhere(2, "b");
    opensAnAccount(2, "ida");
  }

  @Test
  void seal_moveEndedAfterThePointOfNoReturn_endsIt() {
    sql("a", state(4, "MOVED", 1, "b"));
    sql("b", state(4, "ARRIVING", 2, ""));
    LEDGER.take(4, LEDGER.nodes.get(1));
    awaitEverywhere(4, "b");
    opensAnAccount(4, "ida");
  }

  @Test
  void seal_moveEndedBeforeThePointOfNoReturn_staysWhereItWas() {
    sql("a", state(1, "ARRIVING", 2, ""));
    LEDGER.take(1, LEDGER.nodes.get(1));
    assertThat(databaseOf(LEDGER.nodes.get(1), 1)).isEqualTo("b");
    opensAnAccount(1, "ida");
  }

  @Test
  void seal_onlyLeftoversAreThere_refusesToBeginAnew() {
    sql("b", state(3, "ARRIVING", 2, ""));
    assertThatThrownBy(() -> LEDGER.take(3, LEDGER.nodes.get(1)))
        .isInstanceOf(LedgerUnavailableException.class);
  }

  @Test
  void seal_anotherDatabaseCannotBeReached_refusesToBeginAnew() {
    sql("a", state(0, "ABSENT", 0, ""));
    String url = LEDGER.database("b").url();
    String name = url.substring(url.lastIndexOf('/') + 1);
    sql(
        "a",
        "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
    assertThatThrownBy(() -> LEDGER.take(0, LEDGER.nodes.get(0)))
        .isInstanceOf(LedgerUnavailableException.class);
    sql("a", "ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(LedgerUnavailableException.class)
        .until(
            () -> {
              LEDGER.take(0, LEDGER.nodes.get(0));
              return true;
            });
    opensAnAccount(0, "ida");
  }

  @Test
  void seal_newShardAtANodeThatLacksADatabase_refusesToBeginAnew() {
    try (TwoNodes ledger = new TwoNodes()) {
      ledger.databases.put("c", LedgerPostgres.freshDatabase());
      ledger.databases.put("d", LedgerPostgres.freshDatabase());
      Ledger third = ledger.start("third");
      await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () ->
                  ledger
                      .nodes
                      .get(0)
                      .placement()
                      .counts()
                      .equals(Map.of("a", 4, "b", 4, "c", 0, "d", 0)));
      sql(ledger, "a", state(0, "ABSENT", 0, ""));
      assertThatThrownBy(() -> ledger.take(0, ledger.nodes.get(0)))
          .isInstanceOf(LedgerUnavailableException.class)
          .hasMessageContaining("the database c");
      ledger.take(0, third);
      assertThat(databaseOf(third, 0)).isEqualTo("a");
      takesTheOneThatTheLatestHasMovedTo(ledger, third);
    }
  }

  /** Whatever earlier moves, and moves that did not come to their end, have left. */
  private static void takesTheOneThatTheLatestHasMovedTo(TwoNodes ledger, Ledger third) {
    sql(ledger, "d", state(2, "MOVED", 1, "a"));
    sql(ledger, "a", state(2, "ARRIVING", 4, ""));
    sql(ledger, "c", state(2, "MOVED", 3, "b"));
    sql(ledger, "b", state(2, "ARRIVING", 4, ""));
    ledger.take(2, third);
    assertThat(databaseOf(third, 2)).isEqualTo("b");
  }

  @Test
  void seal_byALateOwnerOfANewShard_isRefusedInEveryDatabase() {
    Fence late = LEDGER.fence(5);
    sql("b", state(5, "ABSENT", 0, ""));
    LEDGER.take(5, LEDGER.nodes.get(1));
    sql("b", state(5, "ABSENT", 0, ""));
    for (String database : List.of("b", "a")) {
      assertThatThrownBy(() -> LEDGER.nodes.get(0).seal(late))
          .as(database)
          .isInstanceOf(StaleOwnerException.class);
      sql("b", "UPDATE shard SET fence_token = '00000000-0000-0000-0000-000000000000'");
    }
  }

  @Test
  void placement_storeIsAway_staysAndIsMendedLater() {
    LEDGER.cluster.cut("second");
    sql("b", state(7, "MOVED", 1, "a"));
    sql("a", state(7, "ARRIVING", 2, ""));
    LEDGER.take(7, LEDGER.nodes.get(1));
    assertThat(databaseOf(LEDGER.nodes.get(0), 7)).isEqualTo("b");
    opensAnAccount(7, "ida");
    LEDGER.cluster.heal("second");
    awaitEverywhere(7, "a");
  }
}
