package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.PATIENCE;
import static io.holdfast.zookeeper.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client behind a proxy that loses requests or replies and then breaks the connection. */
class LostRepliesTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Key QUEUE = Key.of("locks", "q");
  private static EmbeddedZooKeeper zookeeper;

  private final Clients clients = new Clients();
  private CuttableProxy proxy;
  private Session client;
  private Session witness;

  @BeforeAll
  static void start() {
    zookeeper = EmbeddedZooKeeper.start();
  }

  @AfterAll
  static void stop() {
    zookeeper.close();
  }

  @BeforeEach
  void connect() {
    String namespace = "lost/" + UUID.randomUUID();
    proxy = CuttableProxy.to(zookeeper.port());
    client = clients.open(proxy.uri(namespace), TIMEOUT);
    witness = clients.open(zookeeper.uri(namespace), TIMEOUT);
  }

  @AfterEach
  void disconnect() {
    clients.close();
    proxy.close();
  }

  private List<Entry> there(Key directory) {
    return get(witness.list(directory, Consistency.LINEARIZABLE)).entries();
  }

  @Test
  void join_replyLost_takesExactlyOnePlace() {
    get(client.leave(get(client.join(List.of(Claim.exclusive(QUEUE)), Payload.EMPTY))));
    proxy.loseReplies();
    CompletableFuture<List<Place>> join =
        client.join(List.of(Claim.exclusive(QUEUE)), Payload.EMPTY);
    await().atMost(PATIENCE).until(() -> there(QUEUE).size() == 1);

    proxy.cut();

    Place place = get(join).get(0);
    assertThat(there(QUEUE)).extracting(Entry::key).containsExactly(place.key());
    assertThat(there(QUEUE).get(0).created()).isEqualTo(place.created());
    assertThat(place.isFirst()).isTrue();
  }

  @Test
  void join_requestLost_takesExactlyOnePlace() {
    get(client.leave(get(client.join(List.of(Claim.exclusive(QUEUE)), Payload.EMPTY))));
    proxy.loseRequests();
    CompletableFuture<List<Place>> join =
        client.join(List.of(Claim.exclusive(QUEUE)), Payload.EMPTY);
    get(witness.prove());
    assertThat(there(QUEUE)).isEmpty();

    proxy.cut();

    Place place = get(join).get(0);
    assertThat(there(QUEUE)).extracting(Entry::key).containsExactly(place.key());
  }

  @Test
  void commit_replyLost_isKnownToBeDone() {
    Key key = Key.of("d", "k");
    get(client.commit(Transaction.EMPTY.put(Key.of("d", "before"), Payload.EMPTY)));
    proxy.loseReplies();
    CompletableFuture<Committed> commit =
        client.commit(
            Transaction.EMPTY.require(new Transaction.Absent(key)).put(key, Payload.EMPTY));
    await().atMost(PATIENCE).until(() -> there(Key.of("d")).size() == 2);

    proxy.cut();

    assertThat(get(commit).revision()).isEqualTo(there(Key.of("d")).get(1).modified());
  }

  @Test
  void leave_replyLost_isDone() {
    List<Place> places = get(client.join(List.of(Claim.exclusive(QUEUE)), Payload.EMPTY));
    proxy.loseReplies();
    CompletableFuture<Void> leave = client.leave(places);
    await().atMost(PATIENCE).until(() -> there(QUEUE).isEmpty());

    proxy.cut();

    get(leave);
  }

  @Test
  void leave_throttled_isTriedAgainUntilThePlaceIsGone() {
    List<Place> places = get(client.join(List.of(Claim.exclusive(QUEUE)), Payload.EMPTY));
    proxy.throttle(OpCode.delete, OpCode.multi);

    get(client.leave(places));

    assertThat(proxy.hasThrottled()).isTrue();
    assertThat(there(QUEUE)).isEmpty();
  }

  @Test
  void commit_throttled_isDoneLater() {
    Key key = Key.of("d", "k");
    get(client.commit(Transaction.EMPTY.put(Key.of("d", "before"), Payload.EMPTY)));
    proxy.throttle(OpCode.multi);

    get(
        client.commit(
            Transaction.EMPTY.require(new Transaction.Absent(key)).put(key, Payload.EMPTY)));

    assertThat(proxy.hasThrottled()).isTrue();
    assertThat(there(Key.of("d"))).hasSize(2);
  }

  @Test
  void gone_throttled_stillTells() {
    Place place = get(witness.join(List.of(Claim.exclusive(QUEUE)), Payload.EMPTY)).get(0);
    proxy.throttle(OpCode.exists);
    CompletableFuture<Void> gone = client.gone(place.key());
    await().atMost(PATIENCE).until(proxy::hasThrottled);
    // A beat may have been throttled in place of the look: it harms as little.
    get(witness.leave(List.of(place)));

    get(gone);
  }

  @Test
  void watch_throttled_stillDelivers() {
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    get(client.prove());
    proxy.throttle(OpCode.getChildren2);
    client.watch(Key.of("d"), snapshot -> sizes.add(snapshot.entries().size()));

    await().atMost(PATIENCE).until(() -> sizes.contains(0));
    assertThat(proxy.hasThrottled()).isTrue();
  }

  @Test
  void gone_connectionCutMeanwhile_stillTells() {
    Place place = get(witness.join(List.of(Claim.exclusive(QUEUE)), Payload.EMPTY)).get(0);
    CompletableFuture<Void> gone = client.gone(place.key());
    get(client.prove());
    proxy.loseReplies();
    get(witness.leave(List.of(place)));
    assertThat(gone).isNotDone();

    proxy.cut();

    get(gone);
  }

  @Test
  void watch_connectionCutMeanwhile_catchesUp() {
    Key directory = Key.of("d");
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    client.watch(directory, snapshot -> sizes.add(snapshot.entries().size()));
    await().atMost(PATIENCE).until(() -> sizes.contains(0));
    proxy.loseReplies();
    get(witness.commit(Transaction.EMPTY.put(Key.of("d", "missed"), Payload.EMPTY)));

    proxy.cut();

    await().atMost(PATIENCE).until(() -> sizes.contains(1));
    get(witness.commit(Transaction.EMPTY.put(Key.of("d", "later"), Payload.EMPTY)));
    await().atMost(PATIENCE).until(() -> sizes.contains(2));
  }

  @Test
  void cut_thenConnectedAgain_isSuspendedUntilProven() {
    List<SessionState> states = new CopyOnWriteArrayList<>();
    client.onState(states::add);
    get(client.prove());

    proxy.cut();

    await()
        .atMost(PATIENCE)
        .until(() -> states.equals(List.of(SessionState.SUSPENDED, SessionState.ACTIVE)));
    assertThat(client.remaining()).isPositive();
  }

  @Test
  void commits_randomCuts_everyAnswerIsTrue() {
    Random random = new Random(7);
    List<Key> keys = new ArrayList<>();
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Key key = Key.of("d", "k" + i);
      keys.add(key);
      answers.add(
          client
              .commit(
                  Transaction.EMPTY.require(new Transaction.Absent(key)).put(key, Payload.EMPTY))
              .handle(LostRepliesTest::answer));
      if (i % 50 == 25) {
        if (random.nextBoolean()) {
          proxy.loseReplies();
          get(witness.prove());
        } else {
          get(answers.get(i - random.nextInt(25)));
        }
        proxy.cut();
        await()
            .atMost(PATIENCE)
            .ignoreException(UnavailableException.class)
            .until(() -> !get(client.prove()).isNegative());
      }
    }

    Set<Key> there = new HashSet<>();
    answers.forEach(Clients::get);
    there(Key.of("d")).forEach(entry -> there.add(entry.key()));
    int known = 0;
    for (int i = 0; i < keys.size(); i++) {
      Boolean done = get(answers.get(i));
      if (done != null) {
        known++;
        assertThat(there.contains(keys.get(i))).as(keys.get(i).path()).isEqualTo(done);
      }
    }
    assertThat(known).isGreaterThan(200);
  }

  /** True if it was done, false if certainly not, null if it is unknown. */
  private static @Nullable Boolean answer(@Nullable Committed done, @Nullable Throwable failure) {
    if (failure instanceof IndeterminateException) {
      return null;
    }
    return failure == null;
  }
}
