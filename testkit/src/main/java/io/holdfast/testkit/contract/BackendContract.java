package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Backend;
import io.holdfast.coordination.BackendProvider;
import io.holdfast.coordination.Claim;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Entry;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Place;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Session;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Snapshot;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link Session}, case by case, on a real cluster. Each test has a namespace of
 * its own and two clients, {@code a} and {@code b}, of two backends.
 */
public abstract class BackendContract {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Key QUEUE = Key.of("locks", "q");
  private static final Payload HELLO = Payload.utf8("hello");

  private final List<Session> sessions = new ArrayList<>();
  private final List<Backend> backends = new ArrayList<>();
  private String namespace = "";
  private Session a;
  private Session b;

  /** The address of the cluster under test, with this namespace. */
  protected abstract String uri(String namespace);

  /** How to connect, but for session time-out and owner. */
  protected CoordinatorOptions options() {
    return CoordinatorOptions.defaults();
  }

  /** The session time-out to ask for. */
  protected Duration sessionTimeout() {
    return Duration.ofSeconds(6);
  }

  @BeforeEach
  final void connectBoth() {
    namespace = "contract/" + UUID.randomUUID();
    a = newSession();
    b = newSession();
  }

  @AfterEach
  final void disconnect() {
    sessions.forEach(Session::close);
    backends.forEach(Backend::close);
  }

  /** One more client in the test's namespace. */
  protected final Session newSession() {
    ClusterUri uri = ClusterUri.parse(uri(namespace));
    CoordinatorOptions options =
        options().withSessionTimeout(sessionTimeout()).withOwner(Owner.thisProcess("contract"));
    BackendProvider provider =
        ServiceLoader.load(BackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(candidate -> candidate.schemes().contains(uri.scheme()))
            .findFirst()
            .orElseThrow();
    Backend backend = provider.open(uri, options);
    backends.add(backend);
    Session session = get(backend.openSession(options.owner()));
    sessions.add(session);
    return session;
  }

  /** What the future gives, within the patience of the suite; its exception, unwrapped. */
  protected static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within " + PATIENCE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static Place join(Session session, Key queue) {
    return get(session.join(List.of(Claim.exclusive(queue)), HELLO)).get(0);
  }

  private static List<Key> keysOf(List<Place.Member> members) {
    return members.stream().map(Place.Member::key).toList();
  }

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

  // Queues.

  @Test
  void join_freeQueue_isFirst() {
    Place place = join(a, QUEUE);

    assertThat(place.isFirst()).isTrue();
    assertThat(place.queue()).isEqualTo(QUEUE);
    assertThat(place.key().parent()).isEqualTo(QUEUE);
    assertThat(place.created()).isGreaterThan(Revision.NONE);
    Snapshot queue = get(b.list(QUEUE, Consistency.LINEARIZABLE));
    assertThat(queue.entries()).hasSize(1);
    assertThat(queue.entries().get(0).key()).isEqualTo(place.key());
    assertThat(queue.entries().get(0).created()).isEqualTo(place.created());
    assertThat(queue.entries().get(0).payload()).isEqualTo(HELLO);
    assertThat(queue.entries().get(0).session()).contains(a.id());
  }

  @Test
  void join_takenQueue_standsBehindInOrder() {
    Place first = join(a, QUEUE);
    Place second = join(b, QUEUE);
    Place third = join(a, QUEUE);

    assertThat(keysOf(second.ahead())).containsExactly(first.key());
    assertThat(keysOf(third.ahead())).containsExactly(first.key(), second.key());
    assertThat(third.ahead().get(0).mode()).isEqualTo(Claim.EXCLUSIVE);
    assertThat(first.created()).isLessThan(second.created());
    assertThat(second.created()).isLessThan(third.created());
  }

  @Test
  void join_otherModes_areReadBackByThoseBehind() {
    get(a.join(List.of(new Claim(QUEUE, "read")), HELLO));
    get(a.join(List.of(new Claim(QUEUE, "write")), HELLO));
    get(b.join(List.of(new Claim(QUEUE, "permits3")), HELLO));
    Place last = join(b, QUEUE);

    assertThat(last.ahead().stream().map(ahead -> b.modeOf(ahead.key().name())))
        .containsExactly("read", "write", "permits3");
    assertThat(b.modeOf("somebody-elses")).isEqualTo(Claim.EXCLUSIVE);
    assertThat(last.ahead().stream().map(Place.Member::mode))
        .containsExactly("read", "write", "permits3");
  }

  /** As often as chance would have to be kind. */
  @Test
  void join_twiceInOneQueue_isSeenByOthersInTheOrderOfTheClaims() {
    List<Claim> claims = List.of(new Claim(QUEUE, "zwei"), new Claim(QUEUE, "eins"));
    for (int i = 0; i < 8; i++) {
      List<Place> both = get(a.join(claims, HELLO));
      Place behind = join(b, QUEUE);

      assertThat(behind.ahead()).extracting(Place.Member::mode).containsExactly("zwei", "eins");
      assertThat(get(b.list(QUEUE, Consistency.LINEARIZABLE)).entries())
          .extracting(entry -> b.modeOf(entry.key().name()))
          .containsExactly("zwei", "eins", Claim.EXCLUSIVE);
      get(a.leave(both));
      get(b.leave(List.of(behind)));
    }
  }

  @Test
  void join_severalQueues_isOneStep() {
    Key other = Key.of("locks", "r");
    Place behindWhom = join(b, other);

    List<Place> places =
        get(a.join(List.of(Claim.exclusive(QUEUE), Claim.exclusive(other)), HELLO));

    assertThat(places).hasSize(2);
    assertThat(places.get(0).queue()).isEqualTo(QUEUE);
    assertThat(places.get(0).isFirst()).isTrue();
    assertThat(places.get(1).queue()).isEqualTo(other);
    assertThat(keysOf(places.get(1).ahead())).containsExactly(behindWhom.key());
    assertThat(places.get(0).created()).isEqualTo(places.get(1).created());
  }

  @Test
  void join_onCondition_takesPlacesOnlyWhileItHolds() {
    Key needed = Key.of("meta", "needed");
    List<Claim> claims = List.of(Claim.exclusive(QUEUE));

    assertThatThrownBy(() -> get(a.join(claims, List.of(needed), HELLO)))
        .isInstanceOf(GuardFailedException.class);
    assertThat(get(a.list(QUEUE, Consistency.LINEARIZABLE)).entries()).isEmpty();

    get(b.commit(Transaction.EMPTY.put(needed, HELLO)));
    assertThat(get(a.join(claims, List.of(needed), HELLO)).get(0).isFirst()).isTrue();

    get(b.commit(Transaction.EMPTY.delete(needed)));
    CompletableFuture<List<Place>> refused = a.join(claims, List.of(needed), HELLO);
    List<Place> beside = get(a.join(List.of(Claim.exclusive(Key.of("beside"))), HELLO));
    assertThat(beside.get(0).isFirst()).isTrue();
    assertThatThrownBy(() -> get(refused)).isInstanceOf(GuardFailedException.class);
    assertThat(get(a.list(QUEUE, Consistency.LINEARIZABLE)).entries()).hasSize(1);
  }

  @Test
  void leave_first_letsTheNextSeeNobodyAhead() {
    Place first = join(a, QUEUE);
    Place second = join(b, QUEUE);
    CompletableFuture<Void> gone = b.gone(first.key());
    assertThat(gone).isNotDone();

    get(a.leave(List.of(first)));
    get(a.leave(List.of(first)));

    get(gone);
    assertThat(get(b.refresh(second)).orElseThrow().isFirst()).isTrue();
    assertThat(get(a.refresh(first))).isEmpty();
  }

  @Test
  void leave_severalOfWhichOneIsGone_leavesTheRest() {
    Key other = Key.of("locks", "r");
    List<Place> both = get(a.join(List.of(Claim.exclusive(QUEUE), Claim.exclusive(other)), HELLO));

    get(a.leave(both.subList(0, 1)));
    get(a.leave(both));

    assertThat(join(b, QUEUE).isFirst()).isTrue();
    assertThat(join(b, other).isFirst()).isTrue();
  }

  @Test
  void refresh_middleLeaves_showsWhoIsLeft() {
    Place first = join(a, QUEUE);
    Place second = join(b, QUEUE);
    Place third = join(a, QUEUE);

    get(b.leave(List.of(second)));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(keysOf(get(a.refresh(third)).orElseThrow().ahead()))
                    .containsExactly(first.key()));
  }

  @Test
  void join_again_createdOnlyGrows() {
    Revision last = Revision.NONE;
    for (int i = 0; i < 20; i++) {
      Session session = i % 2 == 0 ? a : b;
      Place place = join(session, QUEUE);
      assertThat(place.created()).isGreaterThan(last);
      last = place.created();
      get(session.leave(List.of(place)));
    }
  }

  @Test
  void join_manyAtOnce_ordersAllAlike() {
    List<CompletableFuture<List<Place>>> joins = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      joins.add((i % 2 == 0 ? a : b).join(List.of(Claim.exclusive(QUEUE)), HELLO));
    }

    List<Place> places = new ArrayList<>();
    joins.forEach(join -> places.add(get(join).get(0)));

    List<Key> order =
        get(a.list(QUEUE, Consistency.LINEARIZABLE)).entries().stream().map(Entry::key).toList();
    assertThat(order).hasSize(40).doesNotHaveDuplicates();
    for (Place place : places) {
      assertThat(keysOf(place.ahead())).isEqualTo(order.subList(0, order.indexOf(place.key())));
    }
    assertThat(places.stream().map(Place::created)).doesNotHaveDuplicates();
  }

  @Test
  void join_sameQueueInTwoModes_nobodyStandsBetween() {
    List<CompletableFuture<List<Place>>> joins = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Session session = i % 2 == 0 ? a : b;
      joins.add(session.join(List.of(new Claim(QUEUE, "write"), new Claim(QUEUE, "read")), HELLO));
    }

    List<List<Place>> pairs = joins.stream().map(join -> get(join)).toList();

    for (List<Place> pair : pairs) {
      assertThat(pair).extracting(Place::mode).containsExactly("write", "read");
      Place write = pair.get(0);
      assertThat(pair.get(1).created()).isEqualTo(write.created());
      assertThat(keysOf(write.ahead())).doesNotContain(pair.get(1).key());
      List<Key> between = new ArrayList<>(keysOf(pair.get(1).ahead()));
      between.removeAll(keysOf(write.ahead()));
      between.remove(write.key());
      assertThat(between).isEmpty();
    }
    assertThat(pairs.stream().map(pair -> pair.get(0).created())).doesNotHaveDuplicates();
  }

  @Test
  void join_sameQueueTwice_isRefused() {
    assertThatThrownBy(() -> a.join(List.of(Claim.exclusive(QUEUE), Claim.exclusive(QUEUE)), HELLO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void gone_absentKey_completesAtOnce() {
    get(a.gone(Key.of("locks", "nobody", "nothing")));
  }

  @Test
  void gone_cancelledOne_leavesTheOtherWatching() {
    Place place = join(a, QUEUE);
    CompletableFuture<Void> cancelled = b.gone(place.key());
    CompletableFuture<Void> kept = b.gone(place.key());

    cancelled.cancel(true);
    get(b.prove());
    get(a.leave(List.of(place)));

    get(kept);
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

  private static Payload number(int i) {
    return Payload.utf8(Integer.toString(i));
  }

  private static Snapshot last(List<Snapshot> seen) {
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
