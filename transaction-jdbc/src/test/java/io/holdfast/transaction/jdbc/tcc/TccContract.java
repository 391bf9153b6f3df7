package io.holdfast.transaction.jdbc.tcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.transaction.BarringParticipant;
import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.DecisionPlace;
import io.holdfast.transaction.DistributedTransaction;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.TransactionOptions;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.Vote;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Money between two accounts in two databases, tried, confirmed and cancelled. */
@Timeout(120)
abstract class TccContract {

  private static final Duration WITHIN = Duration.ofSeconds(20);
  private static final String DOMAIN = "d0123456789a";
  private static final String EPOCH = "0~aB.1";
  private static final CoordinatorOptions SESSION =
      CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(3));
  private static final AtomicLong SEQUENCES = new AtomicLong();

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private DataSource one;
  private DataSource other;

  /** A new, empty database. */
  abstract String freshUrl();

  /** What the accounts can do. {@code arguments} is an amount, less than zero to take it out. */
  private static final class Transfer implements TccAction {

    @Override
    public void attempt(Connection connection, String arguments) throws SQLException {
      long amount = Long.parseLong(arguments);
      change(connection, "held = held + ?, tries = tries + 1", Math.max(0, -amount));
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT balance - held FROM account")) {
        row.next();
        if (row.getLong(1) < 0) {
          throw new SQLException("no money");
        }
      }
    }

    @Override
    public void confirm(Connection connection, String arguments) throws SQLException {
      long amount = Long.parseLong(arguments);
      change(connection, "held = held - ?, ends = ends + 1", Math.max(0, -amount));
      change(connection, "balance = balance + ?", amount);
    }

    @Override
    public void cancel(Connection connection, String arguments) throws SQLException {
      change(
          connection, "held = held - ?, ends = ends + 1", Math.max(0, -Long.parseLong(arguments)));
    }

    private static void change(Connection connection, String set, long amount) throws SQLException {
      try (PreparedStatement update = connection.prepareStatement("UPDATE account SET " + set)) {
        update.setLong(1, amount);
        update.executeUpdate();
      }
    }
  }

  @BeforeEach
  final void makeDatabases() throws SQLException {
    one = fresh();
    other = fresh();
  }

  private DataSource fresh() throws SQLException {
    DataSource source = Urls.source(freshUrl());
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      TccParticipant.createTables(connection);
      TccParticipant.createTables(connection);
      statement.execute(
          "CREATE TABLE account (balance bigint NOT NULL, held bigint NOT NULL,"
              + " tries bigint NOT NULL, ends bigint NOT NULL)");
      statement.execute("INSERT INTO account VALUES (100, 0, 0, 0)");
    }
    return source;
  }

  @AfterEach
  final void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
    cluster.close();
  }

  private <T extends AutoCloseable> T owned(T resource) {
    opened.add(resource);
    return resource;
  }

  private TccParticipant participant(String name, DataSource source) throws SQLException {
    return owned(TccParticipant.open(name, source, Map.of("transfer", new Transfer())));
  }

  private Transactions transactions(String name, Participant... participants) {
    Coordinator coordinator =
        owned(Coordinator.connect(cluster.client(name, SESSION), SESSION, name));
    return owned(
        new Transactions(
            coordinator,
            TransactionOptions.defaults()
                .withTimeout(Duration.ofSeconds(4))
                .withSweep(Duration.ofMillis(200)),
            List.of(participants)));
  }

  private static long read(DataSource source, String column) {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT " + column + " FROM account")) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static BranchId branch() {
    return new TransactionId(DOMAIN, EPOCH, SEQUENCES.incrementAndGet(), Optional.empty())
        .branch(0);
  }

  private void expectMoved(long amount) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              assertThat(read(one, "balance")).isEqualTo(100 - amount);
              assertThat(read(other, "balance")).isEqualTo(100 + amount);
              assertThat(read(one, "held")).isZero();
            });
  }

  @Test
  final void transfer_nothingFails_isConfirmedInBoth() throws Exception {
    TccParticipant first = participant("first", one);
    TccParticipant second = participant("second", other);
    Transactions transactions = transactions("one", first, second);

    Outcome outcome =
        transactions
            .begin()
            .enlist(first.branch("transfer", "-30"))
            .enlist(second.branch("transfer", "30"))
            .commit();

    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    get(transactions.awaitVisible(((Outcome.Committed) outcome).token()));
    expectMoved(30);
  }

  @Test
  final void transfer_oneTryRefuses_theOtherIsCancelled() throws Exception {
    TccParticipant first = participant("first", one);
    TccParticipant second = participant("second", other);
    Transactions transactions = transactions("one", first, second);

    Outcome outcome =
        transactions
            .begin()
            .enlist(first.branch("transfer", "-300"))
            .enlist(second.branch("transfer", "-30"))
            .commit();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    assertThat(((Outcome.Aborted) outcome).reason()).isEqualTo(Outcome.Reason.REFUSED);
    expectMoved(0);
    await().untilAsserted(() -> assertThat(read(other, "held")).isZero());
  }

  /** A participant of a process that dies between the decision and the second phase. */
  private static final class Doomed implements BarringParticipant {
    private final TccParticipant real;

    /** If a try gets as far as the database. */
    private boolean tries = true;

    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> buried = new CompletableFuture<>();

    Doomed(TccParticipant real) {
      this.real = real;
    }

    @Override
    public String name() {
      return real.name();
    }

    @Override
    public CompletionStage<Void> commit(List<BranchId> branches) {
      ended.complete(null);
      return buried.copy();
    }

    @Override
    public CompletionStage<Void> abort(List<BranchId> branches) {
      return commit(branches);
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt(String domain) {
      return real.inDoubt(domain);
    }

    @Override
    public CompletionStage<List<String>> remembered(String domain) {
      return real.remembered(domain);
    }

    @Override
    public CompletionStage<Void> forgetEnded(
        String domain, String epoch, long upTo, Set<Long> but) {
      return real.forgetEnded(domain, epoch, upTo, but);
    }

    @Override
    public CompletionStage<Boolean> barUnlessPrepared(BranchId branch) {
      return real.barUnlessPrepared(branch);
    }

    Branch branch(String arguments) {
      Branch inner = real.branch("transfer", arguments);
      return new Branch() {
        @Override
        public Participant participant() {
          return Doomed.this;
        }

        @Override
        public CompletionStage<Vote> prepare(BranchId id, Duration within) {
          asked.complete(null);
          return tries ? inner.prepare(id, within) : buried.thenApply(none -> Vote.READ_ONLY);
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

  @ParameterizedTest
  @EnumSource(names = {"CLUSTER", "ALL_BRANCHES"})
  final void coordinatorGone_decided_isConfirmedByOthers(DecisionPlace place) throws Exception {
    Doomed first = new Doomed(participant("first", one));
    Doomed second = new Doomed(participant("second", other));
    Transactions doomed = transactions("doomed", first, second);
    transactions("other", participant("first", one), participant("second", other));

    Outcome outcome =
        doomed
            .begin()
            .decidedIn(place)
            .enlist(first.branch("-30"))
            .enlist(second.branch("30"))
            .commit();
    get(first.ended);
    get(second.ended);
    cluster.cut("doomed");

    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    expectMoved(30);
    bury(first, second);
  }

  /** So that closing the dead one need not wait for anything. */
  private void bury(Doomed... participants) {
    cluster.heal("doomed");
    for (Doomed each : participants) {
      each.buried.complete(null);
    }
  }

  @Test
  final void allBranches_coordinatorGoneBeforeOneWasTried_isCancelledAndThatOneBarred()
      throws Exception {
    Doomed first = new Doomed(participant("first", one));
    Doomed second = new Doomed(participant("second", other));
    second.tries = false;
    Transactions doomed = transactions("doomed", first, second);
    TccParticipant there = participant("second", other);
    transactions("other", participant("first", one), there);

    DistributedTransaction transaction =
        doomed
            .begin()
            .decidedIn(DecisionPlace.ALL_BRANCHES)
            .enlist(first.branch("-30"))
            .enlist(second.branch("30"));
    CompletableFuture<Outcome> unheard = transaction.commitAsync();
    get(second.asked);
    await().atMost(WITHIN).until(() -> read(one, "held") == 30);
    cluster.cut("doomed");

    expectMoved(0);
    BranchId late = transaction.id().orElseThrow().branch(1);
    assertThat(get(there.branch("transfer", "30").prepare(late, WITHIN)))
        .isInstanceOf(Vote.Refused.class);
    bury(first, second);
    assertThat(get(unheard)).isNotInstanceOf(Outcome.Committed.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"ALL_BRANCHES", "THREE_PHASES"})
  final void branchesDecide_nothingFails_isConfirmedInBoth(DecisionPlace place) throws Exception {
    TccParticipant first = participant("first", one);
    TccParticipant second = participant("second", other);
    Transactions transactions = transactions("one", first, second);

    Outcome outcome =
        transactions
            .begin()
            .decidedIn(place)
            .enlist(first.branch("transfer", "-30"))
            .enlist(second.branch("transfer", "30"))
            .commit();

    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    get(transactions.awaitVisible(((Outcome.Committed) outcome).token()));
    expectMoved(30);
  }

  @Test
  final void try_repeated_hasOneEffect() throws Exception {
    TccParticipant first = participant("first", one);
    BranchId id = branch();

    Vote vote = get(first.branch("transfer", "-30").prepare(id, WITHIN));
    Vote again = get(first.branch("transfer", "-30").prepare(id, WITHIN));

    assertThat(List.of(vote, again)).containsOnly(Vote.PREPARED);
    assertThat(read(one, "tries")).isEqualTo(1);
    assertThat(get(first.inDoubt(DOMAIN))).containsExactly(id);
    assertThat(get(first.inDoubt("d9"))).isEmpty();
  }

  @Test
  final void ends_repeated_haveOneEffect() throws Exception {
    TccParticipant first = participant("first", one);
    BranchId confirmed = branch();
    BranchId cancelled = branch();
    get(first.branch("transfer", "-30").prepare(confirmed, WITHIN));
    get(first.branch("transfer", "-20").prepare(cancelled, WITHIN));

    for (int i = 0; i < 2; i++) {
      get(first.commit(List.of(confirmed)));
      get(first.abort(List.of(cancelled)));
    }

    assertThat(read(one, "ends")).isEqualTo(2);
    assertThat(read(one, "balance")).isEqualTo(70);
    assertThat(read(one, "held")).isZero();
    assertThat(get(first.inDoubt(DOMAIN))).isEmpty();
  }

  /** The empty cancel, and the try that hangs about and comes after it. */
  @Test
  final void cancel_beforeTheTry_undoesNothingAndKeepsTheTryOut() throws Exception {
    TccParticipant first = participant("first", one);
    BranchId id = branch();

    get(first.abort(List.of(id)));
    Vote late = get(first.branch("transfer", "-30").prepare(id, WITHIN));

    assertThat(late).isInstanceOf(Vote.Refused.class);
    assertThat(read(one, "tries")).isZero();
    assertThat(read(one, "ends")).isZero();
    assertThat(read(one, "held")).isZero();
  }

  @Test
  final void try_refused_leavesNothingAndCannotBeRepeated() throws Exception {
    TccParticipant first = participant("first", one);
    BranchId id = branch();

    Vote refused = get(first.branch("transfer", "-300").prepare(id, WITHIN));
    Vote again = get(first.branch("transfer", "-3").prepare(id, WITHIN));
    get(first.abort(List.of(id)));

    assertThat(((Vote.Refused) refused).reason()).isEqualTo("no money");
    assertThat(again).isInstanceOf(Vote.Refused.class);
    assertThat(read(one, "tries")).isZero();
    assertThat(read(one, "ends")).isZero();
  }

  /** Two recoverers cancel what is being tried at that moment: nobody waits for each other. */
  @Test
  final void cancels_besideTries_endWithoutDeadlock() throws Exception {
    TccParticipant first = participant("first", one);
    TccParticipant second = participant("first", one);
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      BranchId id = branch();
      all.add(first.branch("transfer", "-1").prepare(id, WITHIN).toCompletableFuture());
      all.add(first.abort(List.of(id)).toCompletableFuture());
      all.add(second.abort(List.of(id)).toCompletableFuture());
    }

    get(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));

    assertThat(read(one, "held")).isZero();
    assertThat(read(one, "tries")).isEqualTo(read(one, "ends"));
    assertThat(get(first.inDoubt(DOMAIN))).isEmpty();
  }

  @Test
  final void forget_belowTheMark_keepsWhatIsTriedAndWhatIsExcepted() throws Exception {
    TccParticipant first = participant("first", one);
    List<BranchId> ids = List.of(branch(), branch(), branch(), branch());
    for (BranchId id : ids) {
      get(first.branch("transfer", "-1").prepare(id, WITHIN));
    }
    get(first.commit(ids.subList(0, 2)));
    get(first.abort(ids.subList(3, 4)));
    long kept = ids.get(1).transaction().sequence();

    get(first.forgetEnded(DOMAIN, EPOCH, ids.get(2).transaction().sequence(), Set.of(kept)));

    assertThat(rows()).containsExactly(kept + "C", (kept + 1) + "T", (kept + 2) + "X");
    assertThat(get(first.remembered(DOMAIN))).containsExactly(EPOCH);
    assertThat(get(first.remembered("d"))).isEmpty();
    get(first.forgetEnded(DOMAIN, EPOCH, Long.MAX_VALUE, Set.of()));
    assertThat(rows()).containsExactly((kept + 1) + "T");
  }

  private List<String> rows() throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection connection = one.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT sequence, state FROM holdfast_barrier ORDER BY 1")) {
      while (rows.next()) {
        found.add(rows.getLong(1) + rows.getString(2));
      }
    }
    return found;
  }

  @Test
  final void alone_committed_isFoundCommitted() throws Exception {
    Branch branch = participant("first", one).branch("transfer", "-30");

    assertThat(get(branch.commitAlone(WITHIN))).isEqualTo(Vote.PREPARED);

    assertThat(get(branch.committedAlone())).contains(true);
    assertThat(read(one, "balance")).isEqualTo(70);
  }

  @Test
  final void alone_refused_isFoundNotCommitted() throws Exception {
    Branch branch = participant("first", one).branch("transfer", "-300");

    assertThat(get(branch.commitAlone(WITHIN))).isInstanceOf(Vote.Refused.class);

    assertThat(get(branch.committedAlone())).contains(false);
    assertThat(read(one, "balance")).isEqualTo(100);
  }

  /**
   * Swallows what the database says, as code does that tries again by itself. MariaDB has then
   * rolled back all of the local transaction, with the row of the barrier, and begun another.
   */
  private static final class Stubborn implements TccAction {
    private final Runnable deadlock;

    Stubborn(Runnable deadlock) {
      this.deadlock = deadlock;
    }

    private void stubbornly(Connection connection, String set) throws SQLException {
      Transfer.change(connection, "ends = ends + ?", 0);
      deadlock.run();
      try (Statement statement = connection.createStatement()) {
        statement.execute("UPDATE other_row SET number = number + 1");
      } catch (SQLException swallowed) {
        assertThat(swallowed.getMessage()).isNotNull();
      }
      Transfer.change(connection, set, 1);
    }

    @Override
    public void attempt(Connection connection, String arguments) throws SQLException {
      stubbornly(connection, "tries = tries + ?");
    }

    @Override
    public void confirm(Connection connection, String arguments) throws SQLException {
      stubbornly(connection, "balance = balance + ?");
    }

    @Override
    public void cancel(Connection connection, String arguments) throws SQLException {
      stubbornly(connection, "held = held - ?");
    }
  }

  /** Has locked the other row, and comes for that of the account when it is told. */
  private Runnable rival(CompletableFuture<Void> gone) throws SQLException {
    Connection rival = one.getConnection();
    rival.setAutoCommit(false);
    try (Statement statement = rival.createStatement()) {
      statement.execute("UPDATE other_row SET number = number + 1");
      statement.execute("UPDATE ballast SET number = number + 1");
    }
    CompletableFuture<Void> told = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try (rival;
                  Statement statement = rival.createStatement()) {
                told.get(60, TimeUnit.SECONDS);
                try {
                  statement.execute("UPDATE account SET tries = tries");
                } finally {
                  rival.rollback();
                }
              } catch (Exception e) {
                // It was the victim.
              } finally {
                gone.complete(null);
              }
            },
            "rival");
    thread.setDaemon(true);
    thread.start();
    return () -> told.complete(null);
  }

  private void makeRivalry() throws SQLException {
    try (Connection connection = one.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE other_row (number bigint)");
      statement.execute("INSERT INTO other_row VALUES (0)");
      statement.execute("CREATE TABLE ballast (number bigint)");
      for (int i = 0; i < 50; i++) {
        statement.execute("INSERT INTO ballast VALUES (" + i + ")");
      }
    }
  }

  @Test
  final void action_swallowsADeadlock_hasItsEffectOnceOrNone() throws Exception {
    makeRivalry();
    BranchId id = branch();
    CompletableFuture<Void> gone = new CompletableFuture<>();
    Runnable deadlock = rival(gone);
    TccParticipant stubborn =
        owned(TccParticipant.open("first", one, Map.of("x", new Stubborn(deadlock))));

    boolean prepared;
    try {
      prepared = get(stubborn.branch("x", "").prepare(id, WITHIN)).equals(Vote.PREPARED);
    } catch (java.util.concurrent.ExecutionException noVote) {
      prepared = false;
    }
    get(gone);
    get(participant("first", one).inDoubt(DOMAIN));

    assertThat(get(stubborn.inDoubt(DOMAIN))).hasSize(prepared ? 1 : 0);
    assertThat(read(one, "tries")).isEqualTo(prepared ? 1 : 0);
  }

  @Test
  final void confirm_swallowsADeadlock_hasItsEffectOnce() throws Exception {
    makeRivalry();
    BranchId id = branch();
    get(participant("first", one).branch("transfer", "0").prepare(id, WITHIN));
    CompletableFuture<Void> gone = new CompletableFuture<>();
    Runnable deadlock = rival(gone);
    TccParticipant stubborn =
        owned(TccParticipant.open("first", one, Map.of("transfer", new Stubborn(deadlock))));

    boolean first = true;
    try {
      get(stubborn.commit(List.of(id)));
    } catch (java.util.concurrent.ExecutionException notYet) {
      first = false;
    }
    get(gone);
    get(stubborn.commit(List.of(id)));

    assertThat(read(one, "balance")).as(first ? "at once" : "repeated").isEqualTo(101);
    assertThat(get(stubborn.inDoubt(DOMAIN))).isEmpty();
  }

  @Test
  final void alone_longAgo_isForgottenWhereThereIsNothingElse() throws Exception {
    TccParticipant first = participant("first", one);
    get(first.branch("transfer", "-30").commitAlone(WITHIN));
    try (Connection connection = one.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE holdfast_barrier SET made = made - INTERVAL '2' DAY");
    }

    for (String epoch : get(first.remembered(DOMAIN))) {
      get(first.forgetEnded(DOMAIN, epoch, Long.MAX_VALUE, Set.of()));
    }

    assertThat(rows()).isEmpty();
  }

  /** Connections by {@link DriverManager}. */
  static final class Urls {
    private Urls() {}

    static DataSource source(String url) {
      return (DataSource)
          java.lang.reflect.Proxy.newProxyInstance(
              DataSource.class.getClassLoader(),
              new Class<?>[] {DataSource.class},
              (self, method, arguments) -> {
                if (method.getName().equals("getConnection")) {
                  return DriverManager.getConnection(url);
                }
                return method.getName().equals("hashCode") ? 1 : null;
              });
    }
  }
}
