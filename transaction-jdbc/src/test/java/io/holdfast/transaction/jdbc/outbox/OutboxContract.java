package io.holdfast.transaction.jdbc.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Revision;
import io.holdfast.fence.StaleTokenException;
import io.holdfast.lock.FencingToken;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.transaction.outbox.Delivery;
import io.holdfast.transaction.outbox.DeliveryMark;
import io.holdfast.transaction.outbox.Message;
import io.holdfast.transaction.outbox.OutboxRelay;
import io.holdfast.transaction.outbox.OutboxStore.Busy;
import io.holdfast.transaction.outbox.PendingMessage;
import io.holdfast.transaction.outbox.PendingMessage.Standing;
import io.holdfast.transaction.outbox.Publisher;
import io.holdfast.transaction.outbox.RelayOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What outboxes and inboxes promise, in one database. */
@Timeout(60)
abstract class OutboxContract {

  private static final FencingToken FIRST = FencingToken.of(new Revision(1));
  private static final FencingToken SECOND = FencingToken.of(new Revision(2));
  private static final Busy NOTHING = new Busy(Set.of(), Set.of());
  private static final AtomicInteger TABLES = new AtomicInteger();

  private final String table = "outbox_" + TABLES.incrementAndGet();
  private final JdbcOutbox outbox = JdbcOutbox.inTable(table);
  private final JdbcInbox inbox = JdbcInbox.inTable(table + "_in", Duration.ofDays(30));
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private JdbcOutboxStore store;

  abstract DataSource database() throws SQLException;

  @BeforeEach
  void create() throws SQLException {
    try (Connection connection = database().getConnection()) {
      outbox.create(connection);
      outbox.create(connection);
      inbox.create(connection);
    }
    store = outbox.store(database());
    toClose.add(store);
  }

  @AfterEach
  void close() throws Exception {
    for (int i = toClose.size() - 1; i >= 0; i--) {
      toClose.get(i).close();
    }
  }

  private Connection begin() throws SQLException {
    Connection connection = database().getConnection();
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    connection.setAutoCommit(false);
    return connection;
  }

  private void commit(Message... messages) throws SQLException {
    try (Connection connection = begin()) {
      for (Message message : messages) {
        outbox.append(connection, message);
      }
      connection.commit();
    }
  }

  private static Message keyed(String key, String body) {
    return Message.keyed("test", key, body);
  }

  private static <T> T now(java.util.concurrent.CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private List<PendingMessage> pending() {
    return now(store.pending(NOTHING, 100, Instant.now()));
  }

  private List<String> bodies() {
    return pending().stream().map(each -> each.message().body()).toList();
  }

  @Test
  void append_rolledBack_leavesNothing() throws SQLException {
    try (Connection connection = begin()) {
      outbox.append(connection, keyed("a", "lost"));
      connection.rollback();
    }
    Message kept = keyed("ключ/1", "kept: ünïcödé 🎉");
    commit(kept);
    assertThat(pending()).extracting(PendingMessage::message).containsExactly(kept);
  }

  @Test
  void append_withAutoCommit_isRefused() throws SQLException {
    try (Connection connection = database().getConnection()) {
      assertThatThrownBy(() -> outbox.append(connection, keyed("a", "1")))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  /** The bug of those who remember how far they were. */
  @Test
  void pending_committedAfterGreaterPositions_isFound() throws SQLException {
    Message late = keyed("late", "late");
    try (Connection first = begin()) {
      outbox.append(first, late);
      commit(keyed("other", "sooner"));
      now(store.seal(FIRST));
      List<PendingMessage> seen = pending();
      assertThat(seen).hasSize(1);
      now(store.mark(FIRST, List.of(new DeliveryMark.Delivered(seen.get(0).position()))));
      first.commit();
      assertThat(pending()).extracting(PendingMessage::message).containsExactly(late);
      assertThat(pending().get(0).position()).isLessThan(seen.get(0).position());
    }
  }

  /** Of one key, positions are in the order of the commits, because appends wait. */
  @Test
  void append_sameKeyNotCommitted_waits() throws Exception {
    try (Connection first = begin()) {
      outbox.append(first, keyed("k", "1"));
      CompletableFuture<Void> second =
          CompletableFuture.runAsync(
              () -> {
                try {
                  commit(keyed("k", "2"));
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThatThrownBy(() -> second.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      commit(keyed("other", "3"));
      first.commit();
      second.get(10, TimeUnit.SECONDS);
    }
    assertThat(pending().stream().filter(each -> each.message().key().equals(Optional.of("k"))))
        .extracting(each -> each.message().body())
        .containsExactly("1", "2");
  }

  @Test
  void mark_bySucceededRelay_isRefused() throws SQLException {
    commit(keyed("k", "1"));
    now(store.seal(FIRST));
    now(store.seal(SECOND));
    List<DeliveryMark> marks = List.of(new DeliveryMark.Delivered(pending().get(0).position()));
    assertThatThrownBy(() -> store.mark(FIRST, marks).toCompletableFuture().get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(StaleTokenException.class);
    assertThatThrownBy(() -> store.seal(FIRST).toCompletableFuture().get())
        .hasCauseInstanceOf(StaleTokenException.class);
    assertThat(bodies()).containsExactly("1");
    now(store.mark(SECOND, marks));
    assertThat(bodies()).isEmpty();
  }

  @Test
  void mark_troubleOfOneKey_holdsBackThatKeyOnly() throws SQLException {
    commit(keyed("a", "a1"), keyed("a", "a2"), keyed("b", "b1"), Message.unordered("test", "u"));
    now(store.seal(FIRST));
    List<PendingMessage> all = pending();
    long head = all.get(0).position();
    DeliveryMark.TryAgain again =
        new DeliveryMark.TryAgain(head, 1, Instant.now().plusSeconds(3600), "away");
    now(store.mark(FIRST, List.of(again)));
    assertThat(pending())
        .extracting(each -> each.message().body() + " " + each.standing())
        .containsExactly("a2 BEHIND_ANOTHER", "b1 FREE", "u FREE");

    now(
        store.mark(
            FIRST,
            all.stream()
                .<DeliveryMark>map(each -> new DeliveryMark.Waiting(each.position()))
                .toList()));
    assertThat(bodies()).containsExactly("b1", "u");
    commit(keyed("a", "a3"));
    assertThat(pending())
        .extracting(each -> each.message().body() + " " + each.standing())
        .containsExactly("b1 FREE", "u FREE", "a3 BEHIND_ANOTHER");

    List<DeliveryMark> delivered = List.of(new DeliveryMark.Delivered(head));
    now(store.mark(FIRST, delivered));
    now(store.mark(FIRST, delivered));
    assertThat(pending().get(0))
        .extracting(each -> each.message().body(), PendingMessage::standing)
        .containsExactly("a2", Standing.DUE_AGAIN);
    assertThat(now(store.pending(new Busy(Set.of("a"), Set.of()), 100, Instant.now())))
        .extracting(each -> each.message().body())
        .containsExactly("b1", "u");
  }

  @Test
  void operator_resumesAndDiscards_whatIsParked() throws SQLException {
    commit(keyed("a", "a1"), keyed("a", "a2"), keyed("a", "a3"));
    now(store.seal(FIRST));
    List<PendingMessage> all = pending();
    long head = all.get(0).position();
    now(
        store.mark(
            FIRST,
            List.of(
                new DeliveryMark.Parked(head, 3, "refused: no"),
                new DeliveryMark.Waiting(all.get(1).position()),
                new DeliveryMark.Waiting(all.get(2).position()))));
    assertThat(bodies()).isEmpty();
    try (Connection connection = begin()) {
      assertThat(outbox.status(connection))
          .extracting(OutboxStatus::parked, OutboxStatus::waiting, OutboxStatus::backlog)
          .containsExactly(1L, 2L, 3L);
      assertThat(outbox.parked(connection, 10))
          .extracting(ParkedMessage::position, ParkedMessage::attempts, ParkedMessage::reason)
          .containsExactly(org.assertj.core.groups.Tuple.tuple(head, 3, "refused: no"));
      assertThat(outbox.resume(connection, all.get(1).position())).isFalse();
      assertThat(outbox.resume(connection, head)).isTrue();
      connection.commit();
    }
    assertThat(bodies()).containsExactly("a1");
    now(store.mark(FIRST, List.of(new DeliveryMark.Parked(head, 1, "refused: still no"))));
    try (Connection connection = begin()) {
      assertThat(outbox.discard(connection, head)).isTrue();
      assertThat(outbox.discard(connection, head)).isFalse();
      connection.commit();
    }
    assertThat(bodies()).containsExactly("a2");
  }

  @Test
  void forget_endedLongAgo_deletesSoManyAndNoMore() throws SQLException {
    commit(keyed("a", "1"), keyed("a", "2"), keyed("b", "3"));
    now(store.seal(FIRST));
    List<DeliveryMark> marks = new ArrayList<>();
    pending().subList(0, 2).forEach(each -> marks.add(new DeliveryMark.Delivered(each.position())));
    now(store.mark(FIRST, marks));
    assertThat(now(store.forget(FIRST, Instant.now().minusSeconds(60), 100))).isZero();
    Instant later = Instant.now().plusSeconds(60);
    assertThat(now(store.forget(FIRST, later, 1))).isEqualTo(1);
    assertThat(now(store.forget(FIRST, later, 100))).isEqualTo(1);
    assertThat(now(store.forget(FIRST, later, 100))).isZero();
    assertThat(bodies()).containsExactly("3");
    commit(keyed("a", "4"));
    assertThat(bodies()).containsExactly("3", "4");
  }

  @Test
  void inbox_sameMessageTwice_oneEffect() throws Exception {
    Message message = keyed("k", "1");
    try (Connection first = begin()) {
      assertThat(inbox.isFirst(first, "ledger", message)).isTrue();
      CompletableFuture<Boolean> second = CompletableFuture.supplyAsync(() -> receive(message));
      assertThatThrownBy(() -> second.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      first.rollback();
      assertThat(second.get(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(receive(message)).isFalse();
    try (Connection other = begin()) {
      assertThat(inbox.isFirst(other, "audit", message)).isTrue();
      assertThat(inbox.isFirst(other, "ledger", message)).isFalse();
      assertThat(inbox.isFirst(other, "audit", keyed("k", "2"))).isTrue();
      other.commit();
    }
  }

  private boolean receive(Message message) {
    try (Connection connection = begin()) {
      boolean first = inbox.isFirst(connection, "ledger", message);
      connection.commit();
      return first;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void inbox_olderThanRetention_isRefusedAndForgotten() throws SQLException {
    Message message = keyed("k", "1");
    assertThat(receive(message)).isTrue();
    InstantSource inAYear = () -> Instant.now().plus(Duration.ofDays(365));
    JdbcInbox later = new JdbcInbox(table + "_in", Duration.ofDays(30), inAYear);
    try (Connection connection = begin()) {
      assertThat(inbox.forget(connection, 10)).isZero();
      assertThat(later.forget(connection, 10)).isEqualTo(1);
      connection.commit();
      assertThatThrownBy(() -> later.isFirst(connection, "ledger", message))
          .isInstanceOf(MessageTooOldException.class);
      connection.rollback();
    }
  }

  /**
   * All together: a relay that is succeeded, an unsteady receiver, and one effect each, in order.
   */
  @Test
  void relays_oneAfterTheOther_deliverAllInOrder() throws SQLException {
    int keys = 5;
    int each = 20;
    Map<String, List<String>> effects = new ConcurrentHashMap<>();
    AtomicInteger calls = new AtomicInteger();
    Publisher publisher =
        message ->
            CompletableFuture.supplyAsync(
                () -> {
                  if (calls.incrementAndGet() % 7 == 0) {
                    return new Delivery.Unknown("away");
                  }
                  if (receive(message)) {
                    effects
                        .computeIfAbsent(
                            message.key().orElseThrow(), none -> new CopyOnWriteArrayList<>())
                        .add(message.body());
                  }
                  return calls.get() % 11 == 0
                      ? new Delivery.Unknown("reply lost")
                      : new Delivery.Delivered();
                });
    try (MemoryCluster cluster = MemoryCluster.onRealTime();
        Coordinator first = connect(cluster, "first");
        Coordinator second = connect(cluster, "second");
        OutboxRelay one = relay(first, publisher);
        OutboxRelay other = relay(second, publisher)) {
      for (int i = 0; i < each; i++) {
        for (int key = 0; key < keys; key++) {
          commit(keyed("key-" + key, key + "." + i));
        }
        one.nudge();
        other.nudge();
        if (i == each / 2) {
          (one.activity().relaying() ? first : second)
              .current()
              .ifPresent(session -> cluster.expire(session.id()));
        }
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> bodies().isEmpty() && backlog() == 0);
      assertThat(one.activity().delivered() + other.activity().delivered())
          .isGreaterThanOrEqualTo((long) keys * each);
    }
    for (int key = 0; key < keys; key++) {
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < each; i++) {
        expected.add(key + "." + i);
      }
      assertThat(effects.get("key-" + key)).isEqualTo(expected);
    }
  }

  private long backlog() throws SQLException {
    try (Connection connection = database().getConnection()) {
      return outbox.status(connection).backlog();
    }
  }

  private static Coordinator connect(MemoryCluster cluster, String name) {
    CoordinatorOptions options =
        CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(2));
    return Coordinator.connect(cluster.client(name, options), options, "memory");
  }

  private OutboxRelay relay(Coordinator coordinator, Publisher publisher) throws SQLException {
    JdbcOutboxStore own = outbox.store(database());
    toClose.add(own);
    return new OutboxRelay(
        coordinator,
        table,
        own,
        publisher,
        RelayOptions.defaults()
            .withInterval(Duration.ofMillis(50))
            .withConcurrency(3, 7)
            .withAttempts(50, Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofSeconds(5)));
  }

  @Test
  void append_twice_isRefused() throws SQLException {
    Message message = new Message(UUID.randomUUID(), "test", Optional.of("k"), "1", Instant.now());
    commit(message);
    assertThatThrownBy(() -> commit(message)).isInstanceOf(SQLException.class);
  }

  /** One receiver's nonsense must not hold up what others get. */
  @Test
  @SuppressWarnings("NullAway")
  void relay_answersThatNoDatabaseHolds_holdUpNobody() throws SQLException {
    Publisher publisher =
        message ->
            switch (message.body()) {
              case "text" -> CompletableFuture.completedFuture(new Delivery.Refused("\0 \ud83c"));
              case "thrown" ->
                  CompletableFuture.failedFuture(new IllegalStateException("bad line \0"));
              case "null" -> CompletableFuture.completedFuture(null);
              case "empty" -> CompletableFuture.completedFuture(new Delivery.Unknown(null));
              default -> CompletableFuture.completedFuture(new Delivery.Delivered());
            };
    List<String> bad = List.of("text", "thrown", "null", "empty");
    for (String body : bad) {
      commit(keyed(body, body));
    }
    try (MemoryCluster cluster = MemoryCluster.onRealTime();
        Coordinator coordinator = connect(cluster, "first");
        OutboxRelay relay = relay(coordinator, publisher)) {
      await().atMost(Duration.ofSeconds(10)).until(() -> relay.activity().relaying());
      commit(keyed("good", "good"));
      relay.nudge();
      await().atMost(Duration.ofSeconds(10)).until(() -> backlog() == bad.size());
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                try (Connection connection = begin()) {
                  assertThat(outbox.parked(connection, 10)).hasSameSizeAs(bad);
                }
              });
    }
  }

  /** The operator looks and decides in one transaction, which need not see what came meanwhile. */
  @Test
  void discard_ofWhatWasSeenBeforeOthersQueuedBehindIt_letsThemFollow() throws SQLException {
    commit(keyed("a", "a1"));
    now(store.seal(FIRST));
    long head = pending().get(0).position();
    now(store.mark(FIRST, List.of(new DeliveryMark.Parked(head, 3, "refused: no"))));
    try (Connection connection = database().getConnection()) {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      assertThat(outbox.parked(connection, 10)).hasSize(1);
      commit(keyed("a", "a2"));
      long next = pending().get(0).position();
      now(store.mark(FIRST, List.of(new DeliveryMark.Waiting(next))));
      boolean discarded;
      try {
        discarded = outbox.discard(connection, head);
        connection.commit();
      } catch (IllegalStateException | SQLException refused) {
        discarded = false;
        connection.rollback();
      }
      if (!discarded) {
        try (Connection again = begin()) {
          assertThat(outbox.discard(again, head)).isTrue();
          again.commit();
        }
      }
    }
    assertThat(bodies()).containsExactly("a2");
  }

  @Test
  void inbox_idsThatDifferInABlank_areDifferentOrRefused() throws SQLException {
    try (Connection connection = begin()) {
      assertThat(inbox.isFirst(connection, "ledger", "7", Instant.now())).isTrue();
      try {
        assertThat(inbox.isFirst(connection, "ledger", "7 ", Instant.now())).isTrue();
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageContaining("blank");
      }
      connection.rollback();
    }
  }
}
