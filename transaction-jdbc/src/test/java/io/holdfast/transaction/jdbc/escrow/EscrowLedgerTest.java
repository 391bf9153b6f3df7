package io.holdfast.transaction.jdbc.escrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Revision;
import io.holdfast.fence.JdbcFence;
import io.holdfast.lock.FencingToken;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.transaction.BalancedBranch;
import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.OwnedParticipant;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.TransactionOptions;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.Vote;
import io.holdfast.transaction.jdbc.FreshDatabases;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** Money that is held and moved in two real databases. */
@Timeout(120)
final class EscrowLedgerTest {

  private static final Duration WITHIN = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String DOMAIN = "d0123456789a";
  private static final CoordinatorOptions SESSION =
      CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(3));
  private static final JdbcFence<String> FENCE = JdbcFence.inTable("fence", JdbcFence.Column.UUID);

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final PGSimpleDataSource databaseA = new PGSimpleDataSource();
  private final PGSimpleDataSource databaseB = new PGSimpleDataSource();
  private EscrowLedger a;
  private EscrowLedger b;

  @BeforeEach
  void makeLedgers() throws SQLException {
    prepare(databaseA, "a");
    prepare(databaseB, "b");
    a = ledger("a", databaseA, EscrowOptions.defaults());
    b = ledger("b", databaseB, EscrowOptions.defaults());
    a.own(token(1));
    b.own(token(1));
    try (Connection one = databaseA.getConnection();
        Connection other = databaseB.getConnection()) {
      a.openAccount(one, "payer", 100, 0);
      b.openAccount(other, "shop", 0, 0);
    }
  }

  private static void prepare(PGSimpleDataSource database, String shard) throws SQLException {
    database.setUrl(FreshDatabases.url());
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(EscrowLedger.ddl());
      statement.execute(JdbcFence.ddl(connection, "fence", JdbcFence.Column.UUID));
      FENCE.enrol(connection, shard);
    }
  }

  private EscrowLedger ledger(String name, PGSimpleDataSource database, EscrowOptions options)
      throws SQLException {
    return owned(EscrowLedger.open(name, database, FENCE, options));
  }

  private static FencingToken token(long revision) {
    return FencingToken.of(new Revision(revision));
  }

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
    cluster.close();
  }

  private <T extends AutoCloseable> T owned(T resource) {
    opened.add(resource);
    return resource;
  }

  private Transactions transactions(String name, Participant... participants) {
    Coordinator coordinator =
        owned(Coordinator.connect(cluster.client(name, SESSION), SESSION, name));
    return owned(
        new Transactions(
            coordinator,
            TransactionOptions.defaults().withSweep(Duration.ofMillis(200)),
            List.of(participants)));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static BranchId branch(long sequence) {
    return new TransactionId(DOMAIN, "0~m1.1", sequence, Optional.empty()).branch(0);
  }

  private Vote hold(EscrowLedger ledger, long sequence, String account, long amount)
      throws Exception {
    return get(ledger.branch(new Posting(account, amount)).prepare(branch(sequence), WITHIN));
  }

  private static long read(PGSimpleDataSource database, String query) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private long payer() {
    return read(databaseA, "SELECT balance FROM holdfast_account WHERE name = 'payer'");
  }

  private long held() {
    return read(databaseA, "SELECT held FROM holdfast_account WHERE name = 'payer'");
  }

  private long shop() {
    return read(databaseB, "SELECT balance FROM holdfast_account WHERE name = 'shop'");
  }

  private void expectMoved(long amount) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(payer()).isEqualTo(100 - amount);
              assertThat(shop()).isEqualTo(amount);
              assertThat(held()).isZero();
            });
    assertThat(read(databaseA, "SELECT coalesce(sum(amount), 0) FROM holdfast_entry"))
        .isEqualTo(-amount);
    assertThat(read(databaseB, "SELECT coalesce(sum(amount), 0) FROM holdfast_entry"))
        .isEqualTo(amount);
  }

  @Test
  void transfer_nothingFails_isPostedInBoth() throws Exception {
    Transactions transactions = transactions("one", a, b);

    Outcome outcome =
        transactions
            .begin()
            .enlist(a.branch(new Posting("payer", -30)))
            .enlist(b.branch(new Posting("shop", 30)))
            .commit();

    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    expectMoved(30);
  }

  @Test
  void transfer_notEnough_leavesNothing() throws Exception {
    Transactions transactions = transactions("one", a, b);

    Outcome outcome =
        transactions
            .begin()
            .enlist(a.branch(new Posting("payer", -300)))
            .enlist(b.branch(new Posting("shop", 300)))
            .commit();

    assertThat(((Outcome.Aborted) outcome).reason()).isEqualTo(Outcome.Reason.REFUSED);
    expectMoved(0);
    await().untilAsserted(() -> assertThat(get(b.inDoubt(DOMAIN))).isEmpty());
  }

  @Test
  void hold_moneyIsHeldAlready_isRefusedUntilThatIsReleased() throws Exception {
    assertThat(hold(a, 1, "payer", -80)).isEqualTo(Vote.PREPARED);
    assertThat(hold(a, 2, "payer", -30)).isEqualTo(new Vote.Refused("not enough in payer"));
    assertThat(payer()).isEqualTo(100);

    get(a.abort(List.of(branch(1))));

    assertThat(hold(a, 3, "payer", -30)).isEqualTo(Vote.PREPARED);
    assertThat(get(a.inDoubt(DOMAIN))).containsExactly(branch(3));
  }

  @Test
  void credit_beforeTheDecision_cannotBeSpent() throws Exception {
    assertThat(hold(b, 1, "shop", 50)).isEqualTo(Vote.PREPARED);
    assertThat(shop()).isZero();
    assertThat(hold(b, 2, "shop", -10)).isInstanceOf(Vote.Refused.class);

    get(b.commit(List.of(branch(1))));
    get(b.commit(List.of(branch(1))));

    assertThat(shop()).isEqualTo(50);
    assertThat(hold(b, 3, "shop", -10)).isEqualTo(Vote.PREPARED);
  }

  @Test
  void account_notThere_isRefused() throws Exception {
    assertThat(hold(a, 1, "nobody", 50)).isInstanceOf(Vote.Refused.class);
  }

  /** One that the database refuses does not take the others of its batch with it. */
  @Test
  void batch_oneIsADuplicate_theOthersAreHeld() throws Exception {
    hold(a, 1, "payer", -1);
    List<CompletableFuture<Vote>> votes = new ArrayList<>();
    for (long sequence = 1; sequence <= 20; sequence++) {
      votes.add(
          a.branch(new Posting("payer", -1))
              .prepare(branch(sequence), WITHIN)
              .toCompletableFuture());
    }

    assertThat(get(votes.get(0))).isInstanceOf(Vote.Refused.class);
    for (CompletableFuture<Vote> vote : votes.subList(1, votes.size())) {
      assertThat(get(vote)).isEqualTo(Vote.PREPARED);
    }
    assertThat(held()).isEqualTo(20);
  }

  @Test
  void hotAccount_moreAsksThanMoney_isEmptiedExactly() throws Exception {
    Transactions transactions = transactions("one", a, b);
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      outcomes.add(
          transactions
              .begin(WITHIN)
              .enlist(a.branch(new Posting("payer", -1)))
              .enlist(b.branch(new Posting("shop", 1)))
              .commitAsync());
    }
    int committed = 0;
    for (CompletableFuture<Outcome> outcome : outcomes) {
      committed += get(outcome) instanceof Outcome.Committed ? 1 : 0;
    }

    assertThat(committed).isEqualTo(100);
    expectMoved(100);
  }

  @Test
  void alone_posted_isFoundPosted() throws Exception {
    Branch branch = a.branch(new Posting("payer", -30));

    assertThat(get(branch.commitAlone(WITHIN))).isEqualTo(Vote.PREPARED);

    assertThat(get(branch.committedAlone())).contains(true);
    assertThat(payer()).isEqualTo(70);
  }

  @Test
  void alone_askedForBeforeItIsPosted_neverIs() throws Exception {
    assertThat(get(a.isPosted("alone:x"))).isFalse();

    Vote late = get(a.post("alone:x", List.of(new Posting("payer", -30))));

    assertThat(late).isInstanceOf(Vote.Refused.class);
    assertThat(payer()).isEqualTo(100);
  }

  /** What the last owner holds does not make the next one wait, and is settled by it alone. */
  @Test
  void owner_succeeded_isRefusedAndTheNextSettles() throws Exception {
    hold(a, 1, "payer", -30);
    EscrowLedger next = ledger("a", databaseA, EscrowOptions.defaults());

    next.own(token(2));
    Vote zombie = hold(a, 2, "payer", -10);

    assertThat(zombie).isInstanceOf(Vote.Refused.class);
    assertThat(a.commit(List.of(branch(1)))).failsWithin(WITHIN);
    get(next.commit(List.of(branch(1))));
    get(a.commit(List.of(branch(1))));
    assertThat(payer()).isEqualTo(70);
  }

  /** A participant between whose calls a test does something. */
  private abstract static class Between implements OwnedParticipant {
    private final EscrowLedger real;

    Between(EscrowLedger real) {
      this.real = real;
    }

    void beforeVote() {}

    void beforeCommit() throws SQLException {}

    @Override
    public String name() {
      return real.name();
    }

    @Override
    public boolean isOwnedHere() {
      return real.isOwnedHere();
    }

    @Override
    public CompletionStage<Void> commit(List<BranchId> branches) {
      try {
        beforeCommit();
      } catch (SQLException e) {
        return CompletableFuture.failedFuture(e);
      }
      return real.commit(branches);
    }

    @Override
    public CompletionStage<Void> abort(List<BranchId> branches) {
      return real.abort(branches);
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt(String domain) {
      return real.inDoubt(domain);
    }

    @Override
    public CompletionStage<List<BranchId>> overdue(String domain) {
      return real.overdue(domain);
    }

    Branch branch(Posting posting) {
      Branch inner = real.branch(posting);
      return new BalancedBranch() {
        @Override
        public Map<String, BigInteger> sums() {
          return ((BalancedBranch) inner).sums();
        }

        @Override
        public Participant participant() {
          return Between.this;
        }

        @Override
        public CompletionStage<Vote> prepare(BranchId id, Duration within) {
          return inner
              .prepare(id, within)
              .thenApplyAsync(
                  vote -> {
                    beforeVote();
                    return vote;
                  });
        }

        @Override
        public CompletionStage<Vote> commitAlone(Duration within) {
          return inner.commitAlone(within);
        }

        @Override
        public CompletionStage<Optional<Boolean>> committedAlone() {
          return inner.committedAlone();
        }
      };
    }
  }

  /** The coordinator lives, and owns the shard no more. */
  @Test
  void decided_ownerChangedMeanwhile_isSettledByTheNext() throws Exception {
    EscrowLedger next = ledger("a", databaseA, EscrowOptions.defaults());
    Between first =
        new Between(a) {
          @Override
          void beforeCommit() throws SQLException {
            next.own(token(2));
          }
        };
    Transactions coordinator = transactions("coordinator", first, b);
    transactions("next", next);

    Outcome outcome =
        coordinator
            .begin()
            .enlist(first.branch(new Posting("payer", -30)))
            .enlist(b.branch(new Posting("shop", 30)))
            .commit();

    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    expectMoved(30);
  }

  /** The coordinator lives, and does not get on. */
  @Test
  void undecided_pastItsDeadline_isAborted() throws Exception {
    EscrowLedger next =
        ledger("a", databaseA, EscrowOptions.defaults().withDeadline(Duration.ofMillis(1)));
    next.own(token(2));
    CompletableFuture<Void> held = new CompletableFuture<>();
    CompletableFuture<Void> released = new CompletableFuture<>();
    Between first =
        new Between(next) {
          @Override
          void beforeVote() {
            held.complete(null);
            released.join();
          }
        };
    Transactions coordinator = transactions("coordinator", first, b);
    transactions("next", next);

    CompletableFuture<Outcome> outcome =
        coordinator
            .begin(Duration.ofSeconds(50))
            .enlist(first.branch(new Posting("payer", -30)))
            .enlist(b.branch(new Posting("shop", 30)))
            .commitAsync();
    get(held);
    await().atMost(PATIENCE).until(() -> held() == 0);
    released.complete(null);

    assertThat(get(outcome)).isInstanceOf(Outcome.Aborted.class);
    expectMoved(0);
  }

  /** With room for it, what is put in twice must not come out as taken. */
  @Test
  void post_moreThanANumberHolds_isRefused() throws Exception {
    try (Connection connection = databaseA.getConnection()) {
      a.openAccount(connection, "mint", 0, -9_000_000_000_000_000_000L);
    }
    Posting half = new Posting("mint", 5_000_000_000_000_000_000L);

    assertThat(get(a.branch(half, half).commitAlone(WITHIN))).isInstanceOf(Vote.Refused.class);
    assertThat(get(a.branch(half).commitAlone(WITHIN))).isEqualTo(Vote.PREPARED);
  }

  @Test
  void commit_thatMakesOrLosesMoney_isRefusedUnlessTheOtherSideIsOutside() throws Exception {
    Transactions transactions = transactions("one", a, b);

    assertThatThrownBy(
            () -> transactions.begin(WITHIN).enlist(a.branch(new Posting("payer", 30))).commit())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("sum to zero but to 30");
    assertThatThrownBy(
            () ->
                transactions
                    .begin(WITHIN)
                    .enlist(a.branch(new Posting("payer", -30, "EUR")))
                    .enlist(b.branch(new Posting("shop", 30, "USD")))
                    .commit())
        .hasMessageContaining("-30 EUR and 30 USD");
    assertThatThrownBy(() -> a.branch(new Posting("payer", 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("payer");
    assertThat(payer()).isEqualTo(100);

    assertThat(
            transactions.begin(WITHIN).enlist(a.oneSidedBranch(new Posting("payer", 30))).commit())
        .isInstanceOf(Outcome.Committed.class);
    assertThat(payer()).isEqualTo(130);
  }

  /** A writer that is refused for its old token must not take the new one away. */
  @Test
  void own_againWhileOthersWrite_isOwned() throws Exception {
    for (long revision = 2; revision < 40; revision++) {
      FencingToken next = token(revision);
      CompletableFuture<Void> owning = CompletableFuture.runAsync(() -> ownNow(a, next));
      while (!owning.isDone()) {
        post();
      }
      get(owning);
      assertThat(post()).as("under token %s", next).isEqualTo(Vote.PREPARED);
    }
  }

  private Vote post() {
    return a.branch(new Posting("payer", 1), new Posting("payer", -1))
        .commitAlone(WITHIN)
        .exceptionally(failure -> new Vote.Refused("" + failure))
        .toCompletableFuture()
        .join();
  }

  private static void ownNow(EscrowLedger ledger, FencingToken token) {
    try {
      ledger.own(token);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
