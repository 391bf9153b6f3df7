package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link Session}, case by case, on a real cluster. Each test has a namespace of
 * its own and two clients, {@code a} and {@code b}, of two backends.
 */
public abstract class BackendContract extends QueueContract {

  // Life.

  @Test
  void session_opened_isActiveWithProvenLife() {
    assertThat(a.state()).isEqualTo(SessionState.ACTIVE);
    assertThat(get(a.prove())).isPositive().isLessThanOrEqualTo(a.timeout());
    assertThat(a.remaining()).isPositive().isLessThanOrEqualTo(a.timeout());
    assertThat(a.id()).isNotEqualTo(b.id());
  }

  @Test
  void presence_whileOpen_tellsTheOwner() {
    Snapshot present = get(b.list(Key.of("sessions"), Consistency.LINEARIZABLE));

    Entry entry =
        present.entries().stream()
            .filter(candidate -> candidate.key().name().equals(a.id()))
            .findFirst()
            .orElseThrow();
    assertThat(Owner.decode(entry.payload()).orElseThrow().name()).isEqualTo("contract");
    assertThat(entry.session()).contains(a.id());
  }

  @Test
  void session_idleBeyondItsTimeout_staysAlive() {
    long start = System.nanoTime();
    await()
        .atMost(PATIENCE)
        .until(
            () -> System.nanoTime() - start > a.timeout().multipliedBy(3).dividedBy(2).toNanos());

    assertThat(get(a.prove())).isPositive();
    assertThat(a.state()).isEqualTo(SessionState.ACTIVE);
  }

  @Test
  void close_removesEverythingThatIsTheSessions() {
    Place place = join(a, QUEUE);
    get(a.commit(Transaction.EMPTY.putForSession(Key.of("d", "mine"), HELLO)));
    get(a.commit(Transaction.EMPTY.put(Key.of("d", "lasting"), HELLO)));
    CompletableFuture<Void> left = b.gone(place.key());

    a.close();

    get(left);
    assertThat(a.state()).isEqualTo(SessionState.LOST);
    assertThat(get(a.lost().toCompletableFuture())).isEqualTo(LossReason.CLOSED);
    assertThat(get(b.names(Key.of("d"), Consistency.LINEARIZABLE))).containsExactly("lasting");
    assertThat(get(b.names(Key.of("sessions"), Consistency.LINEARIZABLE))).containsExactly(b.id());
    assertThat(a.remaining()).isZero();
  }

  @Test
  void closed_everyOperation_failsAsLost() {
    Place place = join(a, QUEUE);
    a.close();

    assertThatThrownBy(() -> join(a, QUEUE)).isInstanceOf(SessionLostException.class);
    assertThatThrownBy(() -> get(a.commit(Transaction.EMPTY.put(Key.of("d", "x"), HELLO))))
        .isInstanceOf(SessionLostException.class);
    assertThatThrownBy(() -> get(a.gone(Key.of("d", "x"))))
        .isInstanceOf(SessionLostException.class);
    assertThatThrownBy(() -> get(a.list(QUEUE, Consistency.SEQUENTIAL)))
        .isInstanceOf(SessionLostException.class);
    assertThatThrownBy(() -> get(a.prove())).isInstanceOf(SessionLostException.class);
    get(a.leave(List.of(place)));
  }

  @Test
  void presenceRemovedBySomebody_sessionIsRevokedAndCannotWrite() {
    get(b.commit(Transaction.EMPTY.delete(Key.of("sessions", a.id()))));

    assertThat(get(a.lost().toCompletableFuture())).isEqualTo(LossReason.REVOKED);
    assertThatThrownBy(() -> get(a.commit(Transaction.EMPTY.put(Key.of("d", "zombie"), HELLO))))
        .isInstanceOf(SessionLostException.class);
    assertThat(get(b.names(Key.of("d"), Consistency.LINEARIZABLE))).isEmpty();
  }

  @Test
  void onState_closed_tellsLostLast() {
    List<SessionState> told = new CopyOnWriteArrayList<>();
    a.onState(told::add);

    a.close();

    await().atMost(PATIENCE).until(() -> told.contains(SessionState.LOST));
    assertThat(told).endsWith(SessionState.LOST);
  }

  @Test
  void onState_observerThrows_theOthersAreToldAndTheSessionEnds() {
    List<SessionState> told = new CopyOnWriteArrayList<>();
    a.onState(
        state -> {
          throw new AssertionError("thrown on purpose");
        });
    a.onState(told::add);

    a.close();

    assertThat(get(a.lost().toCompletableFuture())).isEqualTo(LossReason.CLOSED);
    await().atMost(PATIENCE).until(() -> told.contains(SessionState.LOST));
  }

  @Test
  void watch_sinkThrows_theNextStateIsDelivered() {
    List<Integer> delivered = new CopyOnWriteArrayList<>();
    Watch watch =
        a.watch(
            Key.of("d"),
            snapshot -> {
              delivered.add(snapshot.entries().size());
              throw new AssertionError("thrown on purpose");
            });
    await().atMost(PATIENCE).until(() -> delivered.contains(0));

    get(b.commit(Transaction.EMPTY.put(Key.of("d", "one"), HELLO)));
    await().atMost(PATIENCE).until(() -> delivered.contains(1));
    get(b.commit(Transaction.EMPTY.put(Key.of("d", "two"), HELLO)));
    await().atMost(PATIENCE).until(() -> delivered.contains(2));
    watch.close();
  }

  // Transactions.

  @Test
  void commit_guardsHold_writesAll() {
    Key one = Key.of("d", "one");
    Key two = Key.of("d", "two");

    Revision revision =
        get(a.commit(
                Transaction.EMPTY
                    .require(new Transaction.Absent(one))
                    .put(one, HELLO)
                    .put(two, HELLO)))
            .revision();

    Snapshot there = get(b.list(Key.of("d"), Consistency.LINEARIZABLE));
    assertThat(there.entries()).hasSize(2);
    assertThat(there.entries())
        .allSatisfy(entry -> assertThat(entry.modified()).isEqualTo(revision))
        .allSatisfy(entry -> assertThat(entry.session()).isEmpty());
    assertThat(there.revision()).isGreaterThanOrEqualTo(revision);
  }

  @Test
  void commit_anyGuardFails_writesNothing() {
    Key one = Key.of("d", "one");
    Key two = Key.of("d", "two");
    get(a.commit(Transaction.EMPTY.put(one, HELLO)));

    Transaction refused =
        Transaction.EMPTY
            .require(new Transaction.Absent(one))
            .put(two, HELLO)
            .put(one, Payload.utf8("new"));

    assertThatThrownBy(() -> get(b.commit(refused))).isInstanceOf(GuardFailedException.class);
    assertThatThrownBy(
            () ->
                get(
                    b.commit(
                        Transaction.EMPTY
                            .require(new Transaction.Exists(Key.of("d", "missing")))
                            .put(two, HELLO))))
        .isInstanceOf(GuardFailedException.class);
    Snapshot there = get(b.list(Key.of("d"), Consistency.LINEARIZABLE));
    assertThat(there.entries()).hasSize(1);
    assertThat(there.entries().get(0).payload()).isEqualTo(HELLO);
  }

  @Test
  void commit_guardOfAKeyBelowNothing_leavesNothingThere() {
    Key absent = Key.of("none", "below", "here");
    get(a.commit(Transaction.EMPTY.put(Key.of("d", "one"), HELLO)));
    Transaction put = Transaction.EMPTY.put(Key.of("d", "two"), HELLO);

    for (Transaction refused :
        List.of(
            put.require(new Transaction.Exists(absent)),
            put.require(new Transaction.Exists(absent)).put(absent, HELLO),
            put.require(new Transaction.Unmodified(absent, new Revision(1))))) {
      assertThatThrownBy(() -> get(b.commit(refused))).isInstanceOf(GuardFailedException.class);
    }

    assertThat(get(b.names(Key.of("none"), Consistency.LINEARIZABLE))).isEmpty();
  }

  @Test
  void commit_unmodifiedGuard_isCompareAndSet() {
    Key key = Key.of("d", "cell");
    Revision first = get(a.commit(Transaction.EMPTY.put(key, HELLO))).revision();
    Revision second =
        get(a.commit(
                Transaction.EMPTY
                    .require(new Transaction.Unmodified(key, first))
                    .put(key, Payload.utf8("second"))))
            .revision();

    assertThatThrownBy(
            () ->
                get(
                    b.commit(
                        Transaction.EMPTY
                            .require(new Transaction.Unmodified(key, first))
                            .put(key, Payload.utf8("stale")))))
        .isInstanceOf(GuardFailedException.class);
    Entry entry = get(b.list(Key.of("d"), Consistency.LINEARIZABLE)).entries().get(0);
    assertThat(entry.payload().text()).isEqualTo("second");
    assertThat(entry.modified()).isEqualTo(second);
    assertThat(entry.created()).isEqualTo(first);
  }

  @Test
  void commit_concurrentCompareAndSet_oneWins() {
    Key key = Key.of("d", "cell");
    Revision first = get(a.commit(Transaction.EMPTY.put(key, HELLO))).revision();
    List<CompletableFuture<Boolean>> tries = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Transaction next =
          Transaction.EMPTY
              .require(new Transaction.Unmodified(key, first))
              .put(key, Payload.utf8("try " + i));
      tries.add((i % 2 == 0 ? a : b).commit(next).handle((done, failure) -> failure == null));
    }

    assertThat(tries.stream().filter(BackendContract::get)).hasSize(1);
  }

  @Test
  void commit_placeAsGuard_holdsOnlyWhileThePlaceIsThere() {
    Place place = join(a, QUEUE);
    Transaction guarded =
        Transaction.EMPTY.require(new Transaction.Exists(place.key())).put(Key.of("d", "x"), HELLO);
    get(b.commit(guarded));

    get(a.leave(List.of(place)));

    assertThatThrownBy(() -> get(b.commit(guarded))).isInstanceOf(GuardFailedException.class);
  }

  @Test
  void putForSession_overAnothersKey_livesOnWithTheNewOwner() {
    Key key = Key.of("d", "inherited");
    get(a.commit(Transaction.EMPTY.putForSession(key, HELLO)));

    get(b.commit(Transaction.EMPTY.putForSession(key, Payload.utf8("mine now"))));
    a.close();

    Entry entry = get(b.list(Key.of("d"), Consistency.LINEARIZABLE)).entries().get(0);
    assertThat(entry.payload().text()).isEqualTo("mine now");
    assertThat(entry.session()).contains(b.id());
  }

  @Test
  void putForSession_overOwnKey_keepsItsCreation() {
    Key key = Key.of("d", "own");
    Revision first = get(a.commit(Transaction.EMPTY.putForSession(key, HELLO))).revision();
    get(a.commit(Transaction.EMPTY.putForSession(key, Payload.utf8("again"))));

    Entry entry = get(b.list(Key.of("d"), Consistency.LINEARIZABLE)).entries().get(0);
    assertThat(entry.created()).isEqualTo(first);
    assertThat(entry.modified()).isGreaterThan(first);
  }

  @Test
  void delete_absentKey_succeeds() {
    get(a.commit(Transaction.EMPTY.delete(Key.of("d", "never", "there"))));
  }

  @Test
  void payload_binaryAndLarge_comesBackWhole() {
    byte[] bytes = new byte[100_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    get(a.commit(Transaction.EMPTY.put(Key.of("d", "large"), Payload.of(bytes))));

    Entry entry = get(b.list(Key.of("d"), Consistency.LINEARIZABLE)).entries().get(0);
    assertThat(entry.payload()).isEqualTo(Payload.of(bytes));
  }

  // Reading.

  @Test
  void list_directoriesWithACommonPrefix_areKeptApart() {
    get(
        a.commit(
            Transaction.EMPTY
                .put(Key.of("services", "svc", "1"), HELLO)
                .put(Key.of("services", "svc2", "2"), HELLO)
                .put(Key.of("services", "svc-old", "3"), HELLO)));

    Snapshot svc = get(b.list(Key.of("services", "svc"), Consistency.LINEARIZABLE));
    assertThat(svc.entries().stream().map(entry -> entry.key().name())).containsExactly("1");
    assertThat(get(b.names(Key.of("services"), Consistency.LINEARIZABLE)))
        .containsExactly("svc", "svc-old", "svc2");
    assertThat(get(b.list(Key.of("services", "none"), Consistency.LINEARIZABLE)).entries())
        .isEmpty();
    assertThat(get(b.names(Key.of("none"), Consistency.LINEARIZABLE))).isEmpty();
  }

  @Test
  void list_oldestFirst_andSequentialSeesOwnWrites() {
    for (String name : List.of("c", "a", "b")) {
      get(a.commit(Transaction.EMPTY.put(Key.of("d", name), HELLO)));
      assertThat(get(a.list(Key.of("d"), Consistency.SEQUENTIAL)).entries().stream())
          .anyMatch(entry -> entry.key().name().equals(name));
    }
    assertThat(
            get(b.list(Key.of("d"), Consistency.LINEARIZABLE)).entries().stream()
                .map(entry -> entry.key().name()))
        .containsExactly("c", "a", "b");
  }

  @Test
  void watch_changes_areDeliveredInOrderAndNeverBackwards() {
    Key directory = Key.of("d");
    get(a.commit(Transaction.EMPTY.put(Key.of("d", "before"), HELLO)));
    List<Snapshot> seen = new CopyOnWriteArrayList<>();
    Watch watch = b.watch(directory, seen::add);
    await().atMost(PATIENCE).until(() -> !seen.isEmpty());
    assertThat(names(seen.get(0))).containsExactly("before");

    Revision put = get(a.commit(Transaction.EMPTY.put(Key.of("d", "after"), HELLO))).revision();
    await().atMost(PATIENCE).until(() -> names(last(seen)).contains("after"));
    assertThat(last(seen).revision()).isGreaterThanOrEqualTo(put);

    Revision changed =
        get(a.commit(Transaction.EMPTY.put(Key.of("d", "after"), Payload.utf8("new")))).revision();
    await().atMost(PATIENCE).until(() -> last(seen).revision().compareTo(changed) >= 0);
    assertThat(last(seen).entries().get(1).payload().text()).isEqualTo("new");

    Revision deleted = get(a.commit(Transaction.EMPTY.delete(Key.of("d", "before")))).revision();
    await().atMost(PATIENCE).until(() -> names(last(seen)).equals(List.of("after")));
    assertThat(last(seen).revision()).isGreaterThanOrEqualTo(deleted);

    assertThat(seen.stream().map(Snapshot::revision)).isSorted();
    watch.close();
    watch.close();
    get(b.prove());
    int before = seen.size();
    get(a.commit(Transaction.EMPTY.put(Key.of("d", "unseen"), HELLO)));
    get(b.list(directory, Consistency.LINEARIZABLE));
    get(b.prove());
    assertThat(seen).hasSize(before);
  }

  @Test
  void watch_missingDirectory_isEmptyThenFills() {
    List<Snapshot> seen = new CopyOnWriteArrayList<>();
    b.watch(Key.of("late", "dir"), seen::add);
    await().atMost(PATIENCE).until(() -> !seen.isEmpty());
    assertThat(seen.get(0).entries()).isEmpty();

    get(a.commit(Transaction.EMPTY.put(Key.of("late", "dir", "x"), HELLO)));

    await().atMost(PATIENCE).until(() -> names(last(seen)).equals(List.of("x")));
  }

  @Test
  void watch_manyChanges_endsWithTheLatest() {
    List<Snapshot> seen = new CopyOnWriteArrayList<>();
    b.watch(Key.of("d"), seen::add);
    List<CompletableFuture<?>> puts = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      puts.add(a.commit(Transaction.EMPTY.putForSession(Key.of("d", "k" + i % 50), number(i))));
    }
    puts.forEach(BackendContract::get);

    await().atMost(PATIENCE).until(() -> !seen.isEmpty() && last(seen).entries().size() == 50);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(last(seen).entries())
                    .allMatch(entry -> Integer.parseInt(entry.payload().text()) >= 50));
    a.close();
    await().atMost(PATIENCE).until(() -> last(seen).entries().isEmpty());
    assertThat(seen.stream().map(Snapshot::revision)).isSorted();
  }

  @Test
  void watchNames_directoriesComeAndGo_areDeliveredAndWhatIsBelowThemIsNot() {
    Key first = Key.of("d", "first", "x");
    List<List<String>> seen = new CopyOnWriteArrayList<>();
    Watch watch = b.watchNames(Key.of("d"), seen::add);
    await().atMost(PATIENCE).until(() -> seen.equals(List.of(List.of())));

    get(a.commit(Transaction.EMPTY.put(first, HELLO)));
    await().atMost(PATIENCE).until(() -> last(seen).equals(List.of("first")));
    get(a.commit(Transaction.EMPTY.put(Key.of("d2", "other"), HELLO)));
    get(a.commit(Transaction.EMPTY.put(first, Payload.utf8("new"))));
    get(a.commit(Transaction.EMPTY.put(Key.of("d", "first", "y"), HELLO)));
    get(a.commit(Transaction.EMPTY.put(Key.of("d", "key"), HELLO)));
    await().atMost(PATIENCE).until(() -> last(seen).equals(List.of("first", "key")));
    get(a.commit(Transaction.EMPTY.delete(first).delete(Key.of("d", "key"))));
    await().atMost(PATIENCE).until(() -> last(seen).equals(List.of("first")));
    assertThat(seen).hasSize(4);

    watch.close();
    get(a.commit(Transaction.EMPTY.put(Key.of("d", "unseen"), HELLO)));
    get(b.list(Key.of("d"), Consistency.LINEARIZABLE));
    get(b.prove());
    assertThat(seen).hasSize(4);
  }

  @Test
  void watchNames_besideAWatchOfTheSameDirectory_bothAreTold() {
    List<List<String>> named = new CopyOnWriteArrayList<>();
    List<Snapshot> seen = new CopyOnWriteArrayList<>();
    Watch names = b.watchNames(Key.of("d"), named::add);
    b.watch(Key.of("d"), seen::add);

    get(a.commit(Transaction.EMPTY.put(Key.of("d", "k"), HELLO)));
    get(a.commit(Transaction.EMPTY.put(Key.of("d", "k"), Payload.utf8("new"))));
    await().atMost(PATIENCE).until(() -> !named.isEmpty() && last(named).equals(List.of("k")));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !seen.isEmpty()
                    && last(seen).entries().stream()
                        .anyMatch(entry -> entry.payload().text().equals("new")));

    names.close();
    get(a.commit(Transaction.EMPTY.put(Key.of("d", "l"), HELLO)));
    await().atMost(PATIENCE).until(() -> names(last(seen)).equals(List.of("k", "l")));
  }

  private static Payload number(int i) {
    return Payload.utf8(Integer.toString(i));
  }

  private static <T> T last(List<T> seen) {
    return seen.get(seen.size() - 1);
  }

  private static List<String> names(Snapshot snapshot) {
    return snapshot.entries().stream().map(entry -> entry.key().name()).toList();
  }

  @Test
  void nativePath_ofAKey_endsWithItsNamespaceAndPath() {
    assertThat(a.nativePath(QUEUE)).endsWith(namespace + "/locks/q").startsWith("/");
  }

  @Test
  void refresh_placeOfAnotherSession_isEmpty() {
    Place place = join(a, QUEUE);
    assertThat(get(b.refresh(place))).isEqualTo(Optional.empty());
  }
}
