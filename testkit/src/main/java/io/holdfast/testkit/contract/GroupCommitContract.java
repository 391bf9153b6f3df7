package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a session owes to each of many writes that it is given at once, however it sends them:
 * everyone has its own outcome, and none is done at the cost of another.
 */
public abstract class GroupCommitContract extends TwoClients {

  private static final int QUEUES = 40;
  private static final int MANY = 150;
  private static final int THREADS = 8;
  private static final Key DIRECTORY = Key.of("d");

  private Session session;
  private Session witness;

  @BeforeEach
  final void openSessions() {
    session = get(first.session());
    witness = get(second.session());
  }

  private static Key key(String name) {
    return DIRECTORY.child(name);
  }

  private static Transaction create(Key key) {
    return Transaction.EMPTY.require(new Transaction.Absent(key)).put(key, Payload.EMPTY);
  }

  private List<Entry> written() {
    return get(witness.list(DIRECTORY, Consistency.LINEARIZABLE)).entries();
  }

  private static boolean isDone(CompletableFuture<?> write) {
    try {
      get(write);
      return true;
    } catch (AssertionError e) {
      assertThat(e.getCause()).isInstanceOf(GuardFailedException.class);
      return false;
    }
  }

  @Test
  final void commits_everyTenthGuardFails_theOthersTakeEffect() {
    Transaction.Exists missing = new Transaction.Exists(key("missing"));
    List<CompletableFuture<Committed>> commits = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Transaction transaction = create(key("k" + i));
      commits.add(session.commit(i % 10 == 0 ? transaction.require(missing) : transaction));
    }

    List<Boolean> done = commits.stream().map(GroupCommitContract::isDone).toList();

    for (int i = 0; i < MANY; i++) {
      assertThat(done.get(i)).as("commit %s", i).isEqualTo(i % 10 != 0);
    }
    assertThat(written()).hasSize(MANY - MANY / 10);
  }

  @Test
  final void commits_revisions_areThoseOfTheirKeys() {
    List<CompletableFuture<Committed>> commits = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      commits.add(session.commit(create(key("k" + i))));
    }
    commits.forEach(GroupCommitContract::get);

    Map<String, Revision> modified =
        written().stream().collect(Collectors.toMap(each -> each.key().name(), Entry::modified));
    for (int i = 0; i < MANY; i++) {
      assertThat(get(commits.get(i)).revision()).isEqualTo(modified.get("k" + i));
    }
  }

  @Test
  final void commits_ofOneKey_takeEffectInTheirOrder() {
    Key one = key("one");
    List<CompletableFuture<Committed>> commits = new ArrayList<>();
    session
        .context()
        .execute(
            () -> {
              for (int i = 0; i < MANY; i++) {
                Payload number = Payload.utf8(Integer.toString(i));
                commits.add(session.commit(Transaction.EMPTY.put(one, number)));
                session.commit(create(key("other" + i)));
              }
            });
    get(session.prove());

    List<Revision> revisions = commits.stream().map(commit -> get(commit).revision()).toList();

    assertThat(revisions).isSorted().doesNotHaveDuplicates();
    assertThat(written())
        .filteredOn(entry -> entry.key().equals(one))
        .extracting(entry -> entry.payload().text())
        .containsExactly(Integer.toString(MANY - 1));
  }

  /** Each of a pair forbids the other: guards must see what the other wrote, or nobody's write. */
  @Test
  final void commits_guardedByEachOther_neverBothTakeEffect() {
    get(session.commit(create(key("first"))));
    List<CompletableFuture<Committed>> ones = new ArrayList<>();
    List<CompletableFuture<Committed>> others = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Key x = key("x" + i);
      Key y = key("y" + i);
      Payload none = Payload.EMPTY;
      ones.add(session.commit(Transaction.EMPTY.require(new Transaction.Absent(x)).put(y, none)));
      others.add(session.commit(Transaction.EMPTY.require(new Transaction.Absent(y)).put(x, none)));
    }

    for (int i = 0; i < MANY; i++) {
      assertThat(isDone(ones.get(i)) ^ isDone(others.get(i))).as("pair %s", i).isTrue();
    }
  }

  @Test
  final void joins_ofManyQueuesAndOfOne_neverShareARevisionWithinAQueue() {
    List<CompletableFuture<List<Place>>> joins = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Key queue = i % 3 == 0 ? Key.of("locks", "shared") : Key.of("locks", "q" + i);
      joins.add(session.join(List.of(Claim.exclusive(queue)), Payload.EMPTY));
    }

    List<Place> places = joins.stream().map(join -> get(join).get(0)).toList();

    List<Place> shared =
        places.stream().filter(place -> place.queue().name().equals("shared")).toList();
    assertThat(shared.stream().map(Place::created).distinct()).hasSize(MANY / 3);
    assertThat(shared.stream().map(place -> place.ahead().size()).sorted().toList())
        .isEqualTo(IntStream.range(0, MANY / 3).boxed().toList());
    assertThat(places)
        .filteredOn(place -> !place.queue().name().equals("shared"))
        .allMatch(Place::isFirst);
  }

  /** Threads that each take and leave a queue of their own, and write in between. */
  @Test
  final void joins_ofManyQueuesAtOnce_seeWhoIsAheadInEach() {
    List<Claim> claims = new ArrayList<>();
    for (int i = 0; i < QUEUES; i++) {
      claims.add(Claim.exclusive(Key.of("locks", "q" + i)));
    }
    List<Place> all = get(session.join(claims, Payload.EMPTY));
    List<CompletableFuture<List<Place>>> joins =
        claims.stream().map(claim -> session.join(List.of(claim), Payload.EMPTY)).toList();

    for (int i = 0; i < QUEUES; i++) {
      assertThat(all.get(i).ahead()).isEmpty();
      assertThat(get(joins.get(i)).get(0).ahead())
          .extracting(Place.Member::key)
          .containsExactly(all.get(i).key());
    }
  }

  @Test
  final void joinsCommitsAndLeaves_ofManyThreads_eachSeesItsOwnEffects() {
    List<Future<?>> workers = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      String name = "t" + thread;
      workers.add(threads.submit(() -> work(name)));
    }
    workers.forEach(GroupCommitContract::get);

    assertThat(written()).hasSize(THREADS * 10);
    for (int thread = 0; thread < THREADS; thread++) {
      Key queue = Key.of("locks", "t" + thread);
      assertThat(get(witness.list(queue, Consistency.LINEARIZABLE)).entries()).isEmpty();
    }
  }

  private void work(String name) {
    Revision last = Revision.NONE;
    for (int i = 0; i < 10; i++) {
      List<Place> places =
          get(session.join(List.of(Claim.exclusive(Key.of("locks", name))), Payload.EMPTY));
      assertThat(places.get(0).isFirst()).isTrue();
      assertThat(places.get(0).created()).isGreaterThan(last);
      last = places.get(0).created();
      Transaction.Exists held = new Transaction.Exists(places.get(0).key());
      get(session.commit(create(key(name + "-" + i)).require(held)));
      get(session.leave(places));
      assertThatThrownBy(() -> session.commit(create(key(name + "-late")).require(held)).join())
          .hasCauseInstanceOf(GuardFailedException.class);
    }
  }

  @Test
  final void presenceRemoved_noneOfManyIsWritten() {
    get(session.commit(create(key("before"))));
    get(witness.commit(Transaction.EMPTY.delete(Key.of("sessions", session.id()))));
    List<CompletableFuture<?>> writes = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      writes.add(session.commit(create(key("k" + i))));
      writes.add(session.join(List.of(Claim.exclusive(Key.of("locks", "q" + i))), Payload.EMPTY));
    }

    for (CompletableFuture<?> write : writes) {
      assertThat(failure(write))
          .isInstanceOfAny(SessionLostException.class, IndeterminateException.class);
    }
    assertThat(written()).extracting(entry -> entry.key().name()).containsExactly("before");
    assertThat(get(witness.names(Key.of("locks"), Consistency.LINEARIZABLE)))
        .allSatisfy(
            queue ->
                assertThat(
                        get(witness.list(Key.of("locks", queue), Consistency.LINEARIZABLE))
                            .entries())
                    .isEmpty());
  }

  private static Throwable failure(CompletableFuture<?> write) {
    return get(
        write.handle(
            (done, failure) -> failure == null ? new AssertionError("it was done") : failure));
  }
}
