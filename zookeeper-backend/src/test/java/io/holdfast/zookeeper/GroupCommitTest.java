package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.get;
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
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many writes at once, which share proposals and nothing else. */
class GroupCommitTest {

  private static final int MANY = 200;
  private static EmbeddedZooKeeper zookeeper;

  private final Clients clients = new Clients();
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
    session = clients.open(zookeeper.uri("group/" + UUID.randomUUID()), Duration.ofSeconds(10));
    get(session.commit(Transaction.EMPTY.put(Key.of("d", "first"), Payload.EMPTY)));
  }

  @AfterEach
  void disconnect() {
    clients.close();
  }

  private static Transaction put(int i) {
    Key key = Key.of("d", "k" + i);
    return Transaction.EMPTY.require(new Transaction.Absent(key)).put(key, Payload.EMPTY);
  }

  @Test
  void commits_manyAtOnce_shareRevisions() {
    List<CompletableFuture<Committed>> commits = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      commits.add(session.commit(put(i)));
    }

    List<Revision> revisions = commits.stream().map(commit -> get(commit).revision()).toList();

    assertThat(revisions.stream().distinct().count()).isLessThan(MANY / 2);
    assertThat(get(session.names(Key.of("d"), Consistency.LINEARIZABLE))).hasSize(MANY + 1);
  }

  @Test
  void commits_someRefused_failAlone() {
    Transaction.Exists missing = new Transaction.Exists(Key.of("d", "missing"));
    List<CompletableFuture<Committed>> commits = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      commits.add(session.commit(i % 10 == 0 ? put(i).require(missing) : put(i)));
    }

    for (int i = 0; i < MANY; i++) {
      CompletableFuture<Committed> commit = commits.get(i);
      if (i % 10 == 0) {
        assertThatThrownBy(() -> get(commit)).isInstanceOf(GuardFailedException.class);
      } else {
        get(commit);
      }
    }
    assertThat(get(session.names(Key.of("d"), Consistency.LINEARIZABLE)))
        .hasSize(1 + MANY - MANY / 10);
  }

  @Test
  void joins_ofManyQueuesAndOne_neverShareARevisionWithinAQueue() {
    List<CompletableFuture<List<Place>>> joins = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Key queue = i % 2 == 0 ? Key.of("locks", "q" + i) : Key.of("locks", "shared");
      joins.add(session.join(List.of(Claim.exclusive(queue)), Payload.EMPTY));
    }

    List<Place> places = joins.stream().map(join -> get(join).get(0)).toList();

    List<Place> shared =
        places.stream().filter(place -> place.queue().name().equals("shared")).toList();
    assertThat(shared.stream().map(Place::created).distinct()).hasSize(MANY / 2);
    assertThat(places.stream().map(Place::created).distinct().count()).isLessThan(MANY);
    assertThat(shared).allSatisfy(place -> assertThat(place.ahead()).hasSizeLessThan(MANY / 2));
  }

  /** While a large batch is in flight, one more write waits for the answer, but not for long. */
  @Test
  void commits_fewerThanInFlightAndNoAnswer_goAllTheSame() {
    String namespace = "group/" + UUID.randomUUID();
    int before = 10;
    try (CuttableProxy proxy = CuttableProxy.to(zookeeper.port())) {
      Session slow = clients.open(proxy.uri(namespace), Duration.ofSeconds(30));
      Session observer = clients.open(zookeeper.uri(namespace), Duration.ofSeconds(30));
      get(slow.commit(Transaction.EMPTY.put(Key.of("d", "first"), Payload.EMPTY)));
      Runnable letSomeThrough = proxy.holdReplies();
      List<CompletableFuture<Committed>> commits = new ArrayList<>();
      for (int i = 0; i < before; i++) {
        commits.add(slow.commit(put(i)));
      }
      // Two have gone by themselves. The answer to the first lets the others go, as one batch.
      CompletableFuture<Runnable> letAllThrough =
          commits.get(1).thenApply(committed -> proxy.holdReplies());
      letSomeThrough.run();
      get(letAllThrough);

      commits.add(slow.commit(put(before)));

      await()
          .atMost(Clients.PATIENCE)
          .until(
              () ->
                  get(observer.names(Key.of("d"), Consistency.LINEARIZABLE))
                      .contains("k" + before));
      get(letAllThrough).run();
      commits.forEach(Clients::get);
      slow.close();
    }
  }
}
