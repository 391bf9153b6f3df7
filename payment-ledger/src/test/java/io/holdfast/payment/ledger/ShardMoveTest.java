package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.ledger.audit.ClientJournal.Verdict;
import io.holdfast.payment.ledger.audit.Findings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Shards that move to another database while they are used. After each move the audit compares the
 * books with what the clients were told.
 */
class ShardMoveTest {

  private static final TwoNodes LEDGER =
      new TwoNodes(CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(3)));
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @AfterAll
  static void close() {
    LEDGER.close();
  }

  @AfterEach
  void lookOn() {
    LEDGER.nodes.forEach(node -> node.onMoveStep(done -> {}));
  }

  private static String name(String test, String step) {
    return test + step.toLowerCase(Locale.ROOT).replace("_", "");
  }

  private static void audit(TwoNodes ledger, TransferLoad load) {
    Audit audit = new Audit(ledger.databases(), List.of());
    await().atMost(PATIENCE).until(() -> audit.underWay() == 0);
    try {
      Findings findings = audit.run(load.journal);
      assertThat(findings.found()).isEmpty();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static String databaseOf(Ledger node, int shard) {
    return node.placement().shards().get(shard).database();
  }

  private static void awaitAnswers(TransferLoad load, int more) {
    long until = load.answered.get() + more;
    await().atMost(PATIENCE).until(() -> load.answered.get() >= until);
  }

  @Test
  void move_underLoad_losesNothingAndRefusesNothing() {
    TransferLoad load = new TransferLoad(LEDGER, "lola", 0, 0, 1, 2);
    try (load) {
      load.start(6);
      awaitAnswers(load, 100);
      for (String to : List.of("b", "a", "b")) {
        MovedShard moved = move(LEDGER.owner(0), 0, to);
        System.out.printf(
            "moved to %s: %d rows in %d ms, requests waited for %d ms%n",
            to, moved.rows(), moved.took().toMillis(), moved.paused().toMillis());
        assertThat(moved.to()).isEqualTo(to);
        assertThat(moved.paused()).isLessThan(Duration.ofSeconds(5));
        awaitAnswers(load, 100);
      }
    }
    System.out.printf(
        "%d transfers, the longest took %d ms; %s%n",
        load.answered.get(), load.longest.get() / 1_000_000, load.failures);
    assertThat(load.failures.keySet()).allMatch(each -> each.startsWith("InFlight"));
    assertThat(load.journal.count(Verdict.REFUSED)).isZero();
    assertThat(databaseOf(LEDGER.owner(0), 0)).isEqualTo("b");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(databaseOf(LEDGER.nodes.get(1), 0)).isEqualTo("b"));
    audit(LEDGER, load);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ANNOUNCED", "COPIED", "NO_BRANCHES", "COMPLETE", "LEFT", "ARRIVED"})
  void move_ownerStopsAfterAStep_theNextOwnerHasItAndTheFormerDoesNoHarm(String step)
      throws InterruptedException {
    Ledger former = LEDGER.nodes.get(0);
    LEDGER.take(4, former);
    String source = databaseOf(former, 4);
    String target = source.equals("a") ? "b" : "a";
    TransferLoad load = new TransferLoad(LEDGER, name("stop", step), 4, 3, 4);
    load.transfer(0, 2, "before");
    CountDownLatch stopped = new CountDownLatch(1);
    CountDownLatch wakes = new CountDownLatch(1);
    former.onMoveStep(
        done -> {
          if (done.equals(step)) {
            stopped.countDown();
            awaitQuietly(wakes);
          }
        });
    CompletableFuture<MovedShard> move = former.move(4, target);
    assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
    LEDGER.take(4, LEDGER.nodes.get(1));
    boolean left = List.of("LEFT", "ARRIVED").contains(step);
    await().atMost(PATIENCE).until(() -> rows(4, left ? source : target) == 0);
    load.transfer(0, 2, "meanwhile");
    load.transfer(0, 1, "meanwhile-across");
    wakes.countDown();
    move.handle((moved, failure) -> true).join();
    former.onMoveStep(done -> {});
    load.transfer(1, 0, "after");
    assertThat(databaseOf(LEDGER.owner(4), 4)).isEqualTo(left ? target : source);
    audit(LEDGER, load);
    move(LEDGER.owner(4), 4, left ? source : target);
    load.transfer(1, 0, "after-a-move");
    audit(LEDGER, load);
  }

  /** How much there is of a shard, in whatever state. */
  private static int rows(int shard, String database) throws SQLException {
    DatabaseConfig config = LEDGER.database(database);
    try (Connection connection =
            DriverManager.getConnection(config.url(), config.user(), config.password());
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                ("SELECT (SELECT count(*) FROM journal WHERE shard = %1$d)"
                        + " + (SELECT count(*) FROM account WHERE shard = %1$d)"
                        + " + (SELECT count(*) FROM shard WHERE shard = %1$d"
                        + " AND state = 'ARRIVING')")
                    .formatted(shard))) {
      row.next();
      return row.getInt(1);
    }
  }

  /** On a machine that is very slow a move may give up, for requests must not wait longer. */
  private static MovedShard move(Ledger owner, int shard, String to) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                owner
                    .move(shard, to)
                    .handle(
                        (moved, failure) -> {
                          if (failure != null
                              && !(failure.getCause() instanceof LedgerUnavailableException)) {
                            throw new CompletionException(failure.getCause());
                          }
                          return Optional.ofNullable(moved);
                        })
                    .join(),
            Optional::isPresent)
        .orElseThrow();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ANNOUNCED", "COPIED", "NO_BRANCHES", "COMPLETE"})
  void move_failsBeforeThePointOfNoReturn_goesOnWhereItWas(String step) {
    Ledger owner = LEDGER.nodes.get(1);
    LEDGER.take(5, owner);
    TransferLoad load = new TransferLoad(LEDGER, name("fail", step), 5, 3);
    String source = databaseOf(owner, 5);
    String target = source.equals("a") ? "b" : "a";
    try (load) {
      load.start(2);
      AtomicInteger moving = new AtomicInteger();
      owner.onMoveStep(
          done -> {
            if (done.equals(step)) {
              moving.set(owner.moving());
              throw new LedgerUnavailableException("injected", null);
            }
          });
      assertThatThrownBy(() -> owner.move(5, target).join())
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining("injected");
      assertThat(moving).hasValue(1);
      assertThat(owner.moving()).isZero();
      owner.onMoveStep(done -> {});
      awaitAnswers(load, 10);
      assertThat(databaseOf(owner, 5)).isEqualTo(source);
      assertThat(move(owner, 5, target).to()).isEqualTo(target);
      awaitAnswers(load, 10);
    }
    audit(LEDGER, load);
  }

  @Test
  void move_takesTooLong_isGivenUpAndWhatWaitedIsDone() {
    Ledger owner = LEDGER.owner(6);
    TransferLoad load = new TransferLoad(LEDGER, "slow", 6, 6);
    CountDownLatch wakes = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    owner.onMoveStep(
        done -> {
          if (done.equals("COMPLETE")) {
            stopped.countDown();
            awaitQuietly(wakes);
          }
        });
    CompletableFuture<MovedShard> move = owner.move(6, "b");
    awaitQuietly(stopped);
    load.transfer(0, 1, "waits");
    assertThat(load.failures).isEmpty();
    wakes.countDown();
    assertThatThrownBy(move::join).hasCauseInstanceOf(LedgerUnavailableException.class);
    owner.onMoveStep(done -> {});
    assertThat(databaseOf(owner, 6)).isEqualTo("a");
    audit(LEDGER, load);
  }

  @Test
  void move_twoAtOnce_areDoneOneAfterTheOther() {
    Ledger owner = LEDGER.owner(7);
    TransferLoad load = new TransferLoad(LEDGER, "twin", 7, 7);
    CompletableFuture<MovedShard> first = owner.move(7, "a");
    CompletableFuture<MovedShard> second = owner.move(7, "a");
    CompletableFuture<MovedShard> elsewhere = LEDGER.nodes.get(0).move(7, "a");
    assertThat(first.join().from()).isEqualTo("b");
    assertThat(second.join().from()).isEqualTo("a");
    assertThatThrownBy(elsewhere::join).hasCauseInstanceOf(StaleOwnerException.class);
    load.transfer(0, 1, "after");
    audit(LEDGER, load);
  }

  @Test
  void move_thenABranchOfBefore_isNotPrepared() {
    TransferLoad load = new TransferLoad(LEDGER, "pin", 2, 3);
    load.transfer(0, 1, "before");
    String asked = LEDGER.preparedLast;
    Ledger owner = LEDGER.owner(3);
    String source = databaseOf(owner, 3);
    assertThat(asked).contains("\"database\":\"" + source + "\"");
    move(owner, 3, source.equals("a") ? "b" : "a");
    assertThat(owner.prepareHere(3, "late", asked).join().map(Refusal::code))
        .contains("shard-moved");
    load.transfer(0, 1, "after");
    audit(LEDGER, load);
  }

  @Test
  void move_storeIsAway_isDoneAndTheMapFollows() {
    Ledger owner = LEDGER.owner(2);
    TransferLoad load = new TransferLoad(LEDGER, "lost", 2, 2);
    LEDGER.cluster.cut("first");
    assertThat(move(owner, 2, "b").to()).isEqualTo("b");
    load.transfer(0, 1, "after");
    assertThat(databaseOf(LEDGER.nodes.get(1), 2)).isEqualTo("a");
    assertThat(LEDGER.nodes.get(1).reader().account(LEDGER.account(2, "lost0"))).isPresent();
    LEDGER.cluster.heal("first");
    Ledger third = LEDGER.start("third");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(databaseOf(third, 2)).isEqualTo("b"));
    audit(LEDGER, load);
  }

  @Test
  void move_toADatabaseAddedLater_isDone() {
    try (TwoNodes ledger = new TwoNodes()) {
      TransferLoad load = new TransferLoad(ledger, "late", 0, 1, 0);
      load.transfer(0, 1, "before");
      ledger.databases.put("c", LedgerPostgres.freshDatabase());
      Ledger third = ledger.start("third");
      ledger.take(0, third);
      ledger.take(1, third);
      assertThat(move(third, 0, "c").to()).isEqualTo("c");
      load.transfer(0, 2, "within");
      load.transfer(0, 1, "across");
      load.transfer(1, 0, "back");
      assertThat(third.placement().counts()).containsEntry("c", 1);
      audit(ledger, load);
    }
  }
}
