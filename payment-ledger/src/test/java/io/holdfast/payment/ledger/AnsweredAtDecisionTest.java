package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.ledger.audit.ClientJournal;
import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A transfer between two databases is answered when it is decided, before the payer's shard has
 * booked it. What is asked then, in whatever way, finds it all the same. The payer's is shard 0, in
 * database {@code a}; the payee's is shard 1, in {@code b}.
 */
class AnsweredAtDecisionTest {

  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TwoNodes ledger =
      new TwoNodes(CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(3)));
  private final AccountId from = ledger.account(0, "anna");
  private final AccountId to = ledger.account(1, "bert");

  @BeforeEach
  void open() {
    for (AccountId each : List.of(from, to)) {
      ledger.run(OPERATOR, new OpenAccount(), OpenAccount.wallet(each, "anna", "EUR"), "open");
    }
    ledger.run(OPERATOR, new Fund(), new Fund.Request(from, 100, "EUR", "a test"), "fund");
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private CompletableFuture<Reply> pay() {
    Transfer.Request request = new Transfer.Request(from, to, 40, "EUR");
    return ledger.ask(Caller.of("anna", Role.CUSTOMER), new Transfer(), request, "k");
  }

  private Connection connect(String database) throws SQLException {
    DatabaseConfig config = ledger.database(database);
    return DriverManager.getConnection(config.url(), config.user(), config.password());
  }

  private static long ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * Pays, and returns once it is answered and cannot be booked by the payer's shard: the payee's
   * promise comes only after somebody has locked that.
   *
   * @param held does that; it is to be let go by a rollback
   */
  private Reply answeredAndHeld(Connection held) throws Exception {
    CompletableFuture<Void> locked = new CompletableFuture<>();
    ledger.way = way -> () -> locked.thenCompose(now -> way.get());
    CompletableFuture<Reply> paid = pay();
    held.setAutoCommit(false);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              held.rollback();
              return ask(held, "SELECT count(*) FROM branch WHERE shard = 0") == 1;
            });
    execute(held, "SELECT shard FROM shard WHERE shard = 0 FOR UPDATE");
    locked.complete(null);
    Reply reply = paid.get(60, TimeUnit.SECONDS);
    assertThat(reply.refusal()).isEmpty();
    return reply;
  }

  /** As the node reads it that is there to the end of each test. */
  private Account account(AccountId id) {
    return ledger.owner(1).reader().account(id).orElseThrow();
  }

  private void assertBooked() throws SQLException {
    Audit audit = new Audit(ledger.databases(), List.of());
    await().atMost(PATIENCE).until(() -> audit.underWay() == 0);
    assertThat(audit.run(new ClientJournal()).found()).isEmpty();
    assertThat(account(from).posted()).isEqualTo(60);
    assertThat(account(from).held()).isZero();
    assertThat(account(to).posted()).isEqualTo(40);
  }

  @Test
  void answer_comesBeforeThePayersShardHasBookedIt_andReadsWaitForThat() throws Exception {
    Ledger owner = ledger.owner(0);
    Ledger other = ledger.owner(1);
    try (Connection held = connect("a")) {
      answeredAndHeld(held);
      assertThat(ask(held, "SELECT count(*) FROM branch WHERE shard = 0")).isOne();
      assertThat(ask(held, "SELECT posted FROM account WHERE id = '" + from + "'")).isEqualTo(100);
      CompletableFuture<Void> settled = owner.settled(0);
      assertThat(settled).isNotDone();

      // A read at the other node, which asks the owner. That goes on only now.
      ledger.beforeSettled =
          way -> {
            rollback(held);
            owner.settled(0).join();
            return way;
          };
      assertThat(other.reader().account(from).orElseThrow().posted()).isEqualTo(60);
      assertThat(settled).isCompleted();
    }
    IdempotencyKey key = new IdempotencyKey("k");
    assertThat(other.reader().operation("anna", Scope.of(from), key).orElseThrow().reply())
        .isPresent();
    assertThat(other.reader().statement(from, 0, 10)).hasSize(2);
    assertThat(other.reader().accountsOf("anna", "", 10))
        .extracting(Account::id)
        .containsExactlyInAnyOrder(from, to);
    assertBooked();
  }

  /** So that a shard which is stuck does not keep all threads that read. */
  @Test
  void reads_whileTheOwnerDoesNotSay_waitOneAtATime() throws Exception {
    LedgerReader reader = ledger.owner(1).reader();
    AtomicInteger asked = new AtomicInteger();
    List<Long> meanwhile = new ArrayList<>();
    CompletableFuture<Void> late = new CompletableFuture<>();
    try (Connection held = connect("a")) {
      answeredAndHeld(held);
      ledger.beforeSettled =
          way -> {
            if (asked.incrementAndGet() == 2) {
              meanwhile.add(reader.account(from).orElseThrow().posted());
            }
            return () -> late;
          };
      assertThat(reader.account(from).orElseThrow().posted()).isEqualTo(100);
      assertThat(reader.account(from).orElseThrow().posted()).isEqualTo(100);
      assertThat(meanwhile).containsExactly(100L);
      assertThat(asked).hasValue(2);

      // It says so in the end: reads wait beside each other again.
      late.complete(null);
      ledger.beforeSettled =
          way -> {
            if (asked.incrementAndGet() == 3) {
              meanwhile.add(reader.account(from).orElseThrow().posted());
            }
            rollback(held);
            ledger.owner(0).settled(0).join();
            return way;
          };
      assertThat(reader.account(from).orElseThrow().posted()).isEqualTo(60);
      assertThat(meanwhile).containsExactly(100L, 60L);
      assertThat(asked).hasValue(4);
    }
    assertBooked();
  }

  @Test
  void settled_atANodeThatDoesNotOwnTheShard_fails() {
    assertThat(ledger.owner(0).settled(0)).isCompleted();
    assertThat(ledger.owner(1).settled(0)).isCompletedExceptionally();
  }

  private static void rollback(Connection held) {
    try {
      held.rollback();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theSameKeyAgain_afterTheAnswer_isReplayedAndNeverUnderWay() throws Exception {
    Reply first;
    CompletableFuture<Reply> again;
    CompletableFuture<Reply> more;
    try (Connection held = connect("a")) {
      first = answeredAndHeld(held);
      again = pay();
      more = ledger.ask(OPERATOR, new Fund(), new Fund.Request(from, 5, "EUR", "next"), "more");
      held.rollback();
    }
    Reply replayed = again.get(60, TimeUnit.SECONDS);
    assertThat(replayed.origin()).isEqualTo(Reply.Origin.REPLAYED);
    assertThat(replayed.answer()).isEqualTo(first.answer());
    assertThat(more.get(60, TimeUnit.SECONDS).refusal()).isEmpty();
    assertThat(account(from).posted()).isEqualTo(65);
    assertThat(account(from).held()).isZero();
  }

  private static final String REFUSE =
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
          + " $$ BEGIN RAISE EXCEPTION 'refused'; END $$;"
          + " CREATE TRIGGER refuse BEFORE DELETE ON branch FOR EACH ROW"
          + " EXECUTE FUNCTION refuse()";

  @Test
  void settlement_failsAfterTheAnswer_isTriedUntilItIsDone() throws Exception {
    try (Connection connection = connect("a")) {
      execute(connection, REFUSE);
      assertThat(pay().get(60, TimeUnit.SECONDS).refusal()).isEmpty();
      ledger.owner(0).settled(0).get(60, TimeUnit.SECONDS);
      // Reads what is committed: it has waited for what has failed.
      assertThat(account(from).posted()).isEqualTo(100);
      assertThat(account(from).held()).isEqualTo(40);
      execute(connection, "DROP FUNCTION refuse CASCADE");
    }
    assertBooked();
  }

  /**
   * Nobody hears anything of the payer's node from then on, and its shard goes to the other one.
   */
  @Test
  void node_diesAfterTheAnswer_theNextOwnerBooksIt() throws Exception {
    try (Connection connection = connect("a")) {
      execute(connection, REFUSE);
      assertThat(pay().get(60, TimeUnit.SECONDS).refusal()).isEmpty();
      ledger.owner(0).settled(0).get(60, TimeUnit.SECONDS);
      ledger.cut = true;
      ledger.cluster.cut("first");
      ledger.take(0, ledger.owner(1));
      execute(connection, "DROP FUNCTION refuse CASCADE");
    }
    Reply replayed =
        await()
            .atMost(PATIENCE)
            .until(
                () -> pay().handle((reply, failure) -> told(reply, failure)).join(), Told::isDone)
            .reply();
    assertThat(replayed.origin()).isEqualTo(Reply.Origin.REPLAYED);
    assertThat(ledger.owner(0).reader().account(from).orElseThrow().posted()).isEqualTo(60);
    ledger.cluster.heal("first");
    ledger.cut = false;
    assertBooked();
  }

  private record Told(Reply reply) {
    boolean isDone() {
      return reply != null;
    }
  }

  private static Told told(Reply reply, Throwable failure) {
    if (failure != null
        && !(failure instanceof InFlightException)
        && !(failure.getCause() instanceof InFlightException)) {
      throw new CompletionException(failure);
    }
    return new Told(reply);
  }

  @Test
  void move_whileAnAnsweredTransferIsNotBooked_takesItAlong() throws Exception {
    CompletableFuture<MovedShard> moved;
    try (Connection held = connect("a")) {
      answeredAndHeld(held);
      moved = ledger.owner(0).move(0, "b");
      held.rollback();
    }
    assertThat(moved.get(60, TimeUnit.SECONDS).to()).isEqualTo("b");
    assertBooked();
  }

  @Test
  void close_whileAnAnsweredTransferIsNotBooked_booksIt() throws Exception {
    CompletableFuture<Void> closed;
    try (Connection held = connect("a")) {
      answeredAndHeld(held);
      closed = CompletableFuture.runAsync(ledger.owner(0)::close);
      held.rollback();
    }
    closed.get(60, TimeUnit.SECONDS);
    ledger.take(0, ledger.owner(1));
    assertBooked();
  }
}
