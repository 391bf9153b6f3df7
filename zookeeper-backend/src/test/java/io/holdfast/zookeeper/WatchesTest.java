package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.PATIENCE;
import static io.holdfast.zookeeper.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Session;
import io.holdfast.spi.Watch;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import io.holdfast.testkit.zookeeper.FourLetterWords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class WatchesTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Key DIRECTORY = Key.of("d");
  private static EmbeddedZooKeeper zookeeper;

  private final Clients clients = new Clients();
  private final String namespace = "watches/" + UUID.randomUUID();
  private Session session;

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
    session = clients.open(zookeeper.uri(namespace), TIMEOUT);
    put(0);
  }

  @AfterEach
  void disconnect() {
    clients.close();
  }

  private void put(int number) {
    get(session.commit(Transaction.EMPTY.put(DIRECTORY.child("k" + number), Payload.EMPTY)));
  }

  private static long watchesAtTheServer() {
    return FourLetterWords.watches("127.0.0.1", zookeeper.port());
  }

  private static Watch watch(Session session, List<Integer> sizes) {
    return session.watch(DIRECTORY, snapshot -> sizes.add(snapshot.entries().size()));
  }

  @Test
  void close_lastWatchOfADirectory_removesItAtTheServer() {
    long before = watchesAtTheServer();
    for (int i = 0; i < 3; i++) {
      List<Integer> sizes = new CopyOnWriteArrayList<>();
      Watch watch = watch(session, sizes);
      await().atMost(PATIENCE).until(() -> sizes.contains(1));
      assertThat(watchesAtTheServer()).isGreaterThan(before);
      watch.close();
    }

    await().atMost(PATIENCE).until(() -> watchesAtTheServer() == before);
  }

  @Test
  void close_oneOfTwoWatches_theOtherGoesOn() {
    List<Integer> first = new CopyOnWriteArrayList<>();
    List<Integer> second = new CopyOnWriteArrayList<>();
    Watch closed = watch(session, first);
    Watch open = watch(session, second);
    await().atMost(PATIENCE).until(() -> first.contains(1) && second.contains(1));

    closed.close();
    put(1);

    await().atMost(PATIENCE).until(() -> second.contains(2));
    assertThat(first).doesNotContain(2);
    open.close();
  }

  @Test
  void gone_ofAWatchedDirectory_bothAreTold() {
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    Watch watch = watch(session, sizes);
    await().atMost(PATIENCE).until(() -> sizes.contains(1));
    CompletableFuture<Void> gone = session.gone(DIRECTORY.child("k0"));
    CompletableFuture<Void> directoryGone = session.gone(DIRECTORY);
    get(session.prove());

    put(1);
    await().atMost(PATIENCE).until(() -> sizes.contains(2));
    directoryGone.cancel(false);
    get(session.commit(Transaction.EMPTY.delete(DIRECTORY.child("k0"))));

    get(gone);
    await().atMost(PATIENCE).until(() -> sizes.get(sizes.size() - 1) == 1);
    watch.close();
  }

  @Test
  void close_whileSomebodyWaitsForTheDirectorysEnd_theWaiterIsStillTold() {
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    Key key = DIRECTORY.child("k0");
    Watch watch = session.watch(key, snapshot -> sizes.add(snapshot.entries().size()));
    CompletableFuture<Void> gone = session.gone(key);
    await().atMost(PATIENCE).until(() -> sizes.contains(0));

    watch.close();
    get(session.prove());
    get(session.commit(Transaction.EMPTY.delete(key)));

    get(gone);
  }

  /** More than ZooKeeper's clients take in one answer unless told otherwise. */
  @Test
  void watch_moreThanAMegabyteOfNames_isDelivered() {
    List<SessionState> states = new CopyOnWriteArrayList<>();
    session.onState(states::add);
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    Watch watch = watch(session, sizes);

    fill(session, 6_000);

    await().atMost(PATIENCE).until(() -> sizes.contains(6_001));
    assertThat(states).isEmpty();
    watch.close();
  }

  @Test
  void watch_moreNamesThanFitIntoAnAnswer_keepsTheLastViewAndTheSession() {
    System.setProperty("jute.maxbuffer", "200000");
    try {
      Session narrow = clients.open(zookeeper.uri(namespace), TIMEOUT);
      List<SessionState> states = new CopyOnWriteArrayList<>();
      narrow.onState(states::add);
      List<Integer> sizes = new CopyOnWriteArrayList<>();
      Watch watch = watch(narrow, sizes);
      await().atMost(PATIENCE).until(() -> sizes.contains(1));

      List<Key> filled = fill(session, 1_500);
      get(narrow.prove());
      int seen = sizes.get(sizes.size() - 1);
      empty(session, filled);

      await().atMost(PATIENCE).until(() -> sizes.get(sizes.size() - 1) == 1);
      assertThat(seen).isBetween(1, 1_400);
      assertThat(states).isEmpty();
      watch.close();
    } finally {
      System.clearProperty("jute.maxbuffer");
    }
  }

  /** Names of two hundred characters. */
  private static List<Key> fill(Session session, int count) {
    List<Key> keys = new ArrayList<>();
    List<CompletableFuture<?>> commits = new ArrayList<>();
    for (int i = 0; i < count; ) {
      Transaction transaction = Transaction.EMPTY;
      for (int end = Math.min(count, i + 50); i < end; i++) {
        Key key = DIRECTORY.child("x".repeat(190) + (1_000_000_000 + i));
        keys.add(key);
        transaction = transaction.require(new Transaction.Absent(key)).put(key, Payload.EMPTY);
      }
      commits.add(session.commit(transaction));
    }
    commits.forEach(Clients::get);
    return keys;
  }

  private static void empty(Session session, List<Key> keys) {
    List<CompletableFuture<?>> commits = new ArrayList<>();
    for (int i = 0; i < keys.size(); i += 50) {
      Transaction transaction = Transaction.EMPTY;
      for (Key key : keys.subList(i, Math.min(keys.size(), i + 50))) {
        transaction = transaction.delete(key);
      }
      commits.add(session.commit(transaction));
    }
    commits.forEach(Clients::get);
  }
}
