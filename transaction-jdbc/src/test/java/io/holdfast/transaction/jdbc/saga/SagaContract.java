package io.holdfast.transaction.jdbc.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Revision;
import io.holdfast.fence.StaleTokenException;
import io.holdfast.lock.FencingToken;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.transaction.saga.Direction;
import io.holdfast.transaction.saga.Saga;
import io.holdfast.transaction.saga.SagaAction;
import io.holdfast.transaction.saga.SagaDefinition;
import io.holdfast.transaction.saga.SagaOptions;
import io.holdfast.transaction.saga.SagaState;
import io.holdfast.transaction.saga.SagaStep;
import io.holdfast.transaction.saga.Sagas;
import io.holdfast.transaction.saga.StepCall;
import io.holdfast.transaction.saga.StepEnd;
import io.holdfast.transaction.saga.StepOutcome;
import io.holdfast.transaction.saga.StepRetry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What sagas promise, in one database. */
@Timeout(60)
abstract class SagaContract {

  private static final FencingToken FIRST = FencingToken.of(new Revision(1));
  private static final FencingToken SECOND = FencingToken.of(new Revision(2));
  private static final AtomicInteger TABLES = new AtomicInteger();
  private static final StepRetry QUICK =
      new StepRetry(
          3,
          Duration.ofMillis(10),
          Duration.ofMillis(20),
          Duration.ofMillis(300),
          Duration.ofSeconds(30));

  private final String table = "saga_" + TABLES.incrementAndGet();
  private final JdbcSagas sagas = JdbcSagas.inTable(table);
  private final List<AutoCloseable> toClose = new ArrayList<>();

  /** What was called, and what services answer to a key, once and for all. */
  private final List<StepCall> calls = new CopyOnWriteArrayList<>();

  private final Map<String, StepOutcome> answers = new ConcurrentHashMap<>();
  private volatile boolean lastRefuses;
  private volatile boolean lastIsAway;

  private JdbcSagaStore store;
  private MemoryCluster cluster;

  abstract DataSource database() throws SQLException;

  @BeforeEach
  void create() throws SQLException {
    try (Connection connection = database().getConnection()) {
      sagas.create(connection);
      sagas.create(connection);
    }
    store = sagas.store(database());
    toClose.add(store);
    cluster = MemoryCluster.onRealTime();
    toClose.add(cluster);
  }

  @AfterEach
  void close() throws Exception {
    cluster.heal("one");
    for (int i = toClose.size() - 1; i >= 0; i--) {
      toClose.get(i).close();
    }
  }

  private SagaDefinition definition(int version) {
    return SagaDefinition.named("payout", version)
        .step(new SagaStep("reserve", this::plain, Optional.of(this::plain), QUICK))
        .step(new SagaStep("look", this::plain, Optional.empty(), QUICK))
        .step(new SagaStep("send", this::last, Optional.of(this::plain), QUICK));
  }

  private CompletionStage<StepOutcome> plain(StepCall call) {
    calls.add(call);
    return CompletableFuture.completedFuture(
        answers.computeIfAbsent(call.key(), key -> new StepOutcome.Done("ref " + key)));
  }

  private CompletionStage<StepOutcome> last(StepCall call) {
    calls.add(call);
    if (lastIsAway) {
      return CompletableFuture.failedFuture(new IllegalStateException("away"));
    }
    return CompletableFuture.completedFuture(
        answers.computeIfAbsent(
            call.key(),
            key ->
                lastRefuses
                    ? new StepOutcome.Refused("no such account")
                    : new StepOutcome.Done("sent")));
  }

  private Connection begin() throws SQLException {
    Connection connection = database().getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  private boolean start(SagaDefinition definition, String id) throws SQLException {
    try (Connection connection = begin()) {
      boolean started = sagas.start(connection, definition, id, "{\"amount\": 7, \"to\": \"Ж\"}");
      connection.commit();
      return started;
    }
  }

  private Saga saga(String id) throws SQLException {
    try (Connection connection = database().getConnection()) {
      return sagas.find(connection, id).orElseThrow();
    }
  }

  private void awaitState(String id, SagaState state) {
    await().atMost(Duration.ofSeconds(20)).until(() -> saga(id).state() == state);
  }

  private Sagas runner(String name, SagaDefinition... definitions) throws SQLException {
    CoordinatorOptions options =
        CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(2));
    Coordinator coordinator = Coordinator.connect(cluster.client(name, options), options, "memory");
    toClose.add(coordinator);
    JdbcSagaStore own = sagas.store(database());
    toClose.add(own);
    Sagas runner =
        new Sagas(
            coordinator,
            table,
            own,
            List.of(definitions),
            SagaOptions.defaults().withInterval(Duration.ofMillis(50)));
    toClose.add(runner);
    return runner;
  }

  private List<String> called() {
    return calls.stream().map(StepCall::key).toList();
  }

  private static <T> T now(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  @Test
  void start_rolledBackOrTwice_beginsOnce() throws SQLException {
    try (Connection connection = begin()) {
      assertThat(sagas.start(connection, definition(1), "a", "lost")).isTrue();
      connection.rollback();
    }
    assertThat(start(definition(1), "a")).isTrue();
    assertThat(start(definition(2), "a")).isFalse();
    assertThat(saga("a").version()).isEqualTo(1);
    assertThat(saga("a").input()).isEqualTo("{\"amount\": 7, \"to\": \"Ж\"}");
    try (Connection connection = database().getConnection()) {
      assertThatThrownBy(() -> sagas.start(connection, definition(1), "b", ""))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void run_allDone_completesWithResults() throws SQLException {
    start(definition(1), "a");
    runner("one", definition(1));
    awaitState("a", SagaState.COMPLETED);
    assertThat(called()).containsExactly("a/reserve/do", "a/look/do", "a/send/do");
    assertThat(calls.get(2).results())
        .isEqualTo(Map.of("reserve", "ref a/reserve/do", "look", "ref a/look/do"));
    assertThat(calls.get(2).input()).isEqualTo("{\"amount\": 7, \"to\": \"Ж\"}");
    try (Connection connection = database().getConnection()) {
      assertThat(sagas.steps(connection, "a"))
          .extracting(StepEnd::step)
          .containsExactlyInAnyOrder("reserve", "look", "send");
      assertThat(sagas.open(connection, "", 10)).isEmpty();
    }
  }

  @Test
  void run_stepRefused_compensatesInReverse() throws SQLException {
    lastRefuses = true;
    start(definition(1), "a");
    runner("one", definition(1));
    awaitState("a", SagaState.COMPENSATED);
    assertThat(called())
        .containsExactly("a/reserve/do", "a/look/do", "a/send/do", "a/reserve/undo");
    assertThat(calls.get(3).direction()).isEqualTo(Direction.COMPENSATING);
    assertThat(calls.get(3).results()).containsEntry("reserve", "ref a/reserve/do");
    assertThat(saga("a").reason()).contains("send was refused: no such account");
  }

  @Test
  void run_stepUnknown_isParkedAfterItsBoundAndResumed() throws SQLException {
    lastIsAway = true;
    start(definition(1), "a");
    runner("one", definition(1));
    awaitState("a", SagaState.PARKED);
    assertThat(called().stream().filter("a/send/do"::equals)).hasSize(QUICK.attempts());
    assertThat(called()).doesNotContain("a/reserve/undo");
    assertThat(saga("a").reason()).contains("away");
    lastIsAway = false;
    try (Connection connection = begin()) {
      assertThat(sagas.status(connection))
          .extracting(SagaCount::definition, SagaCount::state, SagaCount::count)
          .containsExactly(org.assertj.core.groups.Tuple.tuple("payout", SagaState.PARKED, 1L));
      assertThat(sagas.resume(connection, "a")).isTrue();
      assertThat(sagas.resume(connection, "a")).isFalse();
      connection.commit();
    }
    awaitState("a", SagaState.COMPLETED);
  }

  @Test
  void settle_byAnOperator_isTakenForTheOutcome() throws SQLException {
    lastIsAway = true;
    start(definition(1), "done");
    start(definition(1), "refused");
    runner("one", definition(1));
    awaitState("done", SagaState.PARKED);
    awaitState("refused", SagaState.PARKED);
    int before = calls.size();
    try (Connection connection = begin()) {
      assertThat(sagas.settle(connection, "done", new StepOutcome.Done("by telephone"))).isTrue();
      assertThat(sagas.settle(connection, "refused", new StepOutcome.Refused("asked them")))
          .isTrue();
      connection.commit();
    }
    awaitState("done", SagaState.COMPLETED);
    awaitState("refused", SagaState.COMPENSATED);
    assertThat(called().subList(before, calls.size())).containsExactly("refused/reserve/undo");
    assertThat(saga("done").results()).containsEntry("send", "by telephone");
    assertThat(saga("refused").reason()).contains("asked them");
  }

  /** A compensation that was refused has ended once already when it is done in the end. */
  @Test
  void compensation_refusedThenDone_ends() throws SQLException {
    lastRefuses = true;
    answers.put("a/reserve/undo", new StepOutcome.Refused("spent"));
    answers.put("b/reserve/undo", new StepOutcome.Refused("spent"));
    start(definition(1), "a");
    start(definition(1), "b");
    runner("one", definition(1));
    awaitState("a", SagaState.PARKED);
    awaitState("b", SagaState.PARKED);
    answers.put("a/reserve/undo", new StepOutcome.Done("put back"));
    try (Connection connection = begin()) {
      assertThat(sagas.resume(connection, "a")).isTrue();
      assertThat(sagas.settle(connection, "b", new StepOutcome.Done("by telephone"))).isTrue();
      connection.commit();
    }
    awaitState("a", SagaState.COMPENSATED);
    awaitState("b", SagaState.COMPENSATED);
    try (Connection connection = begin()) {
      assertThat(sagas.steps(connection, "a"))
          .filteredOn(each -> each.direction() == Direction.COMPENSATING)
          .extracting(StepEnd::done, StepEnd::text)
          .containsExactly(org.assertj.core.groups.Tuple.tuple(true, "put back"));
    }
  }

  @Test
  void step_refusedWithAReasonThatNoDatabaseHolds_isCompensated() throws SQLException {
    answers.put("a/send/do", new StepOutcome.Refused("not\0 a text \ud83c"));
    start(definition(1), "a");
    runner("one", definition(1));
    awaitState("a", SagaState.COMPENSATED);
    assertThat(saga("a").reason()).contains("send was refused: not");
  }

  /** As with the message of an exception that has none. */
  @Test
  @SuppressWarnings("NullAway")
  void step_refusedWithoutAReason_isCompensated() throws SQLException {
    answers.put("a/send/do", new StepOutcome.Refused(null));
    start(definition(1), "a");
    runner("one", definition(1));
    awaitState("a", SagaState.COMPENSATED);
  }

  @Test
  void definition_nobodyKnows_isLeftAlone() throws SQLException {
    start(definition(2), "newer");
    start(definition(1), "known");
    Sagas runner = runner("one", definition(1));
    awaitState("known", SagaState.COMPLETED);
    assertThat(runner.running()).extracting(SagaDefinition::version).containsExactly(1);
    assertThat(saga("newer").change()).isZero();
    try (Connection connection = database().getConnection()) {
      assertThat(sagas.open(connection, "", 10)).extracting(Saga::id).containsExactly("newer");
    }
    runner("two", definition(1), definition(2));
    awaitState("newer", SagaState.COMPLETED);
  }

  /** The runner dies in the middle of a call; the next calls again, with a greater token. */
  @Test
  void runner_dead_isSucceededWithTheSameKey() throws SQLException {
    CompletableFuture<StepOutcome> never = new CompletableFuture<>();
    SagaAction hangs =
        call -> {
          calls.add(call);
          return calls.size() == 1
              ? never
              : CompletableFuture.completedFuture(StepOutcome.Done.PLAIN);
        };
    StepRetry slow =
        new StepRetry(
            3,
            Duration.ofMillis(10),
            Duration.ofMillis(20),
            Duration.ofSeconds(50),
            Duration.ofMinutes(5));
    SagaDefinition hanging =
        SagaDefinition.named("hanging", 1)
            .step(new SagaStep("hang", hangs, Optional.empty(), slow));
    start(hanging, "a");
    runner("one", hanging);
    await().atMost(Duration.ofSeconds(10)).until(() -> calls.size() == 1);
    runner("two", hanging);
    cluster.cut("one");
    awaitState("a", SagaState.COMPLETED);
    assertThat(called()).containsExactly("a/hang/do", "a/hang/do");
    assertThat(calls.get(1).token()).isGreaterThan(calls.get(0).token());
  }

  @Test
  void save_bySucceededRunner_isRefused() throws SQLException {
    start(definition(1), "a");
    now(store.seal("payout", 1, FIRST));
    Saga first = now(store.due("payout", 1, Instant.now(), 10)).get(0);
    now(store.seal("payout", 1, SECOND));
    assertThatThrownBy(
            () -> store.save(FIRST, changed(first), Optional.empty()).toCompletableFuture().get())
        .hasCauseInstanceOf(StaleTokenException.class);
    assertThat(now(store.save(SECOND, changed(first), Optional.empty()))).isTrue();
    assertThat(now(store.save(SECOND, changed(first), Optional.empty()))).isFalse();
    assertThat(now(store.find("a")).orElseThrow().state()).isEqualTo(SagaState.COMPLETED);
    assertThat(now(store.find("none"))).isEmpty();
    Instant later = Instant.now().plusSeconds(60);
    assertThat(now(store.forget("payout", 1, SECOND, Instant.now().minusSeconds(60), 10))).isZero();
    assertThat(now(store.forget("payout", 1, SECOND, later, 10))).isEqualTo(1);
    assertThat(now(store.find("a"))).isEmpty();
  }

  private static Saga changed(Saga saga) {
    return new Saga(
        saga.id(),
        saga.definition(),
        saga.version(),
        saga.input(),
        saga.created(),
        saga.deadline(),
        saga.change() + 1,
        SagaState.COMPLETED,
        saga.direction(),
        saga.step(),
        saga.attempts(),
        saga.called(),
        saga.since(),
        saga.due(),
        saga.reason(),
        saga.verdict(),
        saga.results());
  }

  /** Money that moves in steps, while runners come and go: none is lost, none is made. */
  @Test
  void runners_comingAndGoing_allSagasEnd() throws SQLException {
    int count = 40;
    AtomicInteger tries = new AtomicInteger();
    SagaAction unsteady =
        call -> {
          calls.add(call);
          int each = tries.incrementAndGet();
          if (each % 5 == 0) {
            return CompletableFuture.failedFuture(new IllegalStateException("away"));
          }
          StepOutcome answer =
              answers.computeIfAbsent(
                  call.key(),
                  key ->
                      each % 7 == 0 && call.direction() == Direction.FORWARD
                          ? new StepOutcome.Refused("no money")
                          : StepOutcome.Done.PLAIN);
          return each % 11 == 0
              ? CompletableFuture.failedFuture(new IllegalStateException("reply lost"))
              : CompletableFuture.completedFuture(answer);
        };
    StepRetry patient =
        new StepRetry(
            50,
            Duration.ofMillis(5),
            Duration.ofMillis(20),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1));
    SagaDefinition transfer =
        SagaDefinition.named("transfer", 1)
            .step(new SagaStep("debit", unsteady, Optional.of(unsteady), patient))
            .step(new SagaStep("credit", unsteady, Optional.of(unsteady), patient))
            .step(new SagaStep("tell", unsteady, Optional.empty(), patient));
    runner("one", transfer);
    runner("two", transfer);
    for (int i = 0; i < count; i++) {
      start(transfer, "t" + i);
      if (i == count / 2) {
        cluster.cut("one");
      }
    }
    for (int i = 0; i < count; i++) {
      String id = "t" + i;
      await().atMost(Duration.ofSeconds(30)).until(() -> saga(id).state().isEnd());
      boolean completed = saga(id).state() == SagaState.COMPLETED;
      for (String step : List.of("debit", "credit")) {
        boolean done = answers.get(id + "/" + step + "/do") instanceof StepOutcome.Done;
        boolean undone = answers.get(id + "/" + step + "/undo") instanceof StepOutcome.Done;
        assertThat(done && !undone).as("%s of %s has effect", step, id).isEqualTo(completed);
      }
    }
  }
}
