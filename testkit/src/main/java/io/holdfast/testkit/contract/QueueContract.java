package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** The part of {@link BackendContract} that is about queues. */
abstract class QueueContract extends TwoSessions {

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

  /** Often enough that both are under way together. */
  @Test
  void join_ownPlaceBeingLeft_isBehindOthersOnly() {
    Key other = Key.of("locks", "r");
    List<Claim> both = List.of(Claim.exclusive(QUEUE), Claim.exclusive(other));
    List<Place> own = get(a.join(both, HELLO));
    for (int i = 0; i < 20; i++) {
      Place theirs = join(b, other);
      CompletableFuture<Void> left = a.leave(own);
      own = get(a.join(both, HELLO));

      assertThat(own.get(0).isFirst()).isTrue();
      assertThat(keysOf(own.get(1).ahead())).containsExactly(theirs.key());
      get(b.leave(List.of(theirs)));
      get(left);
    }
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

  /** Whatever still goes on about the earlier place must not touch the later one. */
  @Test
  void join_afterLeaving_isAnotherPlace() {
    List<Claim> claims = List.of(Claim.exclusive(QUEUE));
    Place before = join(a, QUEUE);
    get(a.leave(List.of(before)));

    Place now = join(a, QUEUE);

    assertThat(now.key()).isNotEqualTo(before.key());
    get(b.gone(before.key()));
    assertThat(get(a.refresh(before))).isEmpty();
    Transaction.Exists there = new Transaction.Exists(before.key());
    assertThatThrownBy(() -> get(a.commit(Transaction.EMPTY.require(there))))
        .isInstanceOf(GuardFailedException.class);
    assertThatThrownBy(() -> get(a.join(claims, List.of(before.key()), HELLO)))
        .isInstanceOf(GuardFailedException.class);
    Transaction.Absent absent = new Transaction.Absent(before.key());
    get(b.commit(Transaction.EMPTY.require(absent).delete(before.key())));
    get(a.leave(List.of(before)));
    assertThat(get(b.list(QUEUE, Consistency.LINEARIZABLE)).entries())
        .extracting(Entry::key)
        .containsExactly(now.key());
    assertThat(get(a.refresh(now)).orElseThrow().isFirst()).isTrue();
    get(a.commit(Transaction.EMPTY.require(new Transaction.Exists(now.key()))));
  }

  @Test
  void watch_placeLeftAndTakenAgain_showsTheOtherPlace() {
    Queue<List<Key>> seen = new ConcurrentLinkedQueue<>();
    Place before = join(a, QUEUE);
    b.watch(QUEUE, snapshot -> seen.add(snapshot.entries().stream().map(Entry::key).toList()));
    await().atMost(PATIENCE).until(() -> seen.contains(List.of(before.key())));

    get(a.leave(List.of(before)));
    Place now = join(a, QUEUE);

    await().atMost(PATIENCE).until(() -> seen.contains(List.of(now.key())));
    assertThat(seen).noneMatch(keys -> keys.contains(before.key()) && keys.contains(now.key()));
  }

  @Test
  void leave_saidAgainWhileJoining_doesNotTouchTheNextPlace() {
    Place place = join(a, QUEUE);
    for (int i = 0; i < 50; i++) {
      CompletableFuture<Void> left = a.leave(List.of(place));
      CompletableFuture<Void> leftAgain = a.leave(List.of(place));
      CompletableFuture<List<Place>> joining = a.join(List.of(Claim.exclusive(QUEUE)), HELLO);
      get(left);
      Place onceMore = join(a, QUEUE);
      get(leftAgain);

      Place next = get(joining).get(0);

      assertThat(get(b.list(QUEUE, Consistency.LINEARIZABLE)).entries())
          .extracting(Entry::key)
          .containsExactlyInAnyOrder(next.key(), onceMore.key());
      get(a.leave(List.of(onceMore)));
      place = next;
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

  /** However the joins are sent: who asked first stands first, and its payload in its place. */
  @Test
  void join_manyOfOneSession_standInTheOrderInWhichTheyWereAskedFor() {
    Place holder = join(b, QUEUE);
    List<CompletableFuture<List<Place>>> joins = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Claim claim = Claim.exclusive(QUEUE).showingNearest();
      joins.add(a.join(List.of(claim), Payload.utf8("number " + i)));
    }

    List<Place> places = joins.stream().map(join -> get(join).get(0)).toList();

    assertThat(places.stream().map(Place::created).toList()).isSorted().doesNotHaveDuplicates();
    get(b.leave(List.of(holder)));
    List<Entry> queue = get(b.list(QUEUE, Consistency.LINEARIZABLE)).entries();
    for (int i = 0; i < places.size(); i++) {
      assertThat(queue.get(i).key()).isEqualTo(places.get(i).key());
      assertThat(queue.get(i).payload().text()).isEqualTo("number " + i);
    }
  }

  @Test
  void join_showingNearest_seesTheNearestAndHowManyThereAre() {
    List<Place> before = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      before.add(join(i % 2 == 0 ? b : a, QUEUE));
    }
    List<Claim> claim = List.of(Claim.exclusive(QUEUE).showingNearest());

    for (Session session : List.of(a, b, newSession())) {
      Place place = get(session.join(claim, HELLO)).get(0);

      Place nearest = before.get(before.size() - 1);
      assertThat(keysOf(place.ahead()))
          .endsWith(before.get(before.size() - 2).key(), nearest.key());
      assertThat(place.ahead().size()).isLessThanOrEqualTo(before.size());
      assertThat(place.countAhead()).isGreaterThanOrEqualTo(before.size());
      before.add(place);
    }
  }

  /** Nobody is told that it is the first before it is, whoever gives up in between. */
  @Test
  void refreshAfter_inALongQueueOfTwoSessions_letsOneInAfterTheOther() {
    List<Claim> claim = List.of(Claim.exclusive(QUEUE).showingNearest());
    List<Session> sessions = new ArrayList<>();
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Session session = i % 3 == 0 ? b : a;
      sessions.add(session);
      places.add(get(session.join(claim, HELLO)).get(0));
    }
    get(sessions.get(5).leave(List.of(places.get(5))));
    get(sessions.get(9).leave(List.of(places.get(9))));

    for (int i = 0; i < 12; i++) {
      if (i != 5 && i != 9) {
        Place now = untilFirst(sessions.get(i), places.get(i));
        List<Entry> queue = get(b.list(QUEUE, Consistency.LINEARIZABLE)).entries();
        assertThat(queue.get(0).key()).isEqualTo(now.key());
        sessions.get(i).leave(List.of(now));
      }
    }
  }

  private static Place untilFirst(Session session, Place place) {
    Place seen = place;
    while (!seen.isFirst()) {
      Key nearest = seen.ahead().get(seen.ahead().size() - 1).key();
      seen = get(session.refreshAfter(seen, nearest)).orElseThrow();
    }
    return seen;
  }

  /** A place that somebody else removes is not let in, nor does it hold up those behind it. */
  @Test
  void refreshAfter_ownPlaceRemovedByAnother_isEmptyAndThoseBehindGoOn() {
    List<Claim> claim = List.of(Claim.exclusive(QUEUE).showingNearest());
    Place first = get(a.join(claim, HELLO)).get(0);
    Place removed = get(a.join(claim, HELLO)).get(0);
    Place last = get(a.join(claim, HELLO)).get(0);
    CompletableFuture<Optional<Place>> turn = a.refreshAfter(removed, first.key());
    CompletableFuture<Optional<Place>> behind = a.refreshAfter(last, removed.key());
    get(b.commit(Transaction.EMPTY.delete(removed.key())));

    a.leave(List.of(first));

    assertThat(get(turn)).isEmpty();
    assertThat(untilFirst(a, get(behind).orElseThrow()).key()).isEqualTo(last.key());
  }

  /** Whoever need not wait for all ahead goes on at once, though nobody has left by itself. */
  @Test
  void refreshAfter_ownWriterRemovedByAnother_readerBehindSeesReadersOnly() {
    Claim read = new Claim(QUEUE, "read");
    Place first = get(b.join(List.of(read), HELLO)).get(0);
    Place removed = get(a.join(List.of(new Claim(QUEUE, "write")), HELLO)).get(0);
    Place last = get(a.join(List.of(read), HELLO)).get(0);
    CompletableFuture<Optional<Place>> turn = a.refreshAfter(removed, first.key());
    CompletableFuture<Optional<Place>> behind = a.refreshAfter(last, removed.key());

    get(b.commit(Transaction.EMPTY.delete(removed.key())));

    assertThat(keysOf(get(behind).orElseThrow().ahead())).containsExactly(first.key());
    turn.cancel(false);
  }

  /** Its owner waits in another queue, and does not look. */
  @Test
  void refreshAfter_ownOneOfSeveralRemovedByAnother_thoseBehindGoOn() {
    Key other = Key.of("queues", "other");
    Claim nearest = Claim.exclusive(QUEUE).showingNearest();
    Claim nearestOther = Claim.exclusive(other).showingNearest();
    Place inTheWay = get(b.join(List.of(nearest), HELLO)).get(0);
    List<Place> both = get(a.join(List.of(nearest, nearestOther), HELLO));
    Place last = get(a.join(List.of(nearestOther), HELLO)).get(0);
    CompletableFuture<Void> turn = a.gone(inTheWay.key());
    CompletableFuture<Optional<Place>> behind = a.refreshAfter(last, both.get(1).key());

    get(b.commit(Transaction.EMPTY.delete(both.get(1).key())));

    assertThat(get(behind).orElseThrow().isFirst()).isTrue();
    turn.cancel(false);
  }

  /** The directory is new, so that the commit takes more than one step on some stores. */
  @Test
  void leave_rightAfterACommitOnThePlace_comesAfterIt() {
    for (int i = 0; i < 10; i++) {
      Place place = join(a, QUEUE);
      Transaction.Exists held = new Transaction.Exists(place.key());
      Key fresh = Key.of("d" + i, "e", "k");
      CompletableFuture<Committed> commit =
          a.commit(Transaction.EMPTY.require(held).put(fresh, HELLO));
      CompletableFuture<Void> left = a.leave(List.of(place));

      assertThat(get(commit).revision()).isGreaterThan(place.created());
      get(left);
    }
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
}
