package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.get;
import static io.holdfast.zookeeper.Clients.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.testkit.process.Host;
import io.holdfast.testkit.zookeeper.FourLetterWords;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A session that knows a queue so well that it need not look, and what may have happened to it. */
class UncontendedQueuesTest {

  private static final Key QUEUE = Key.of("locks", "known");
  private static final Key CONDITION = Key.of("meta", "condition");
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** More often than it takes to know a queue. */
  private static final int OFTEN = 6;

  @AutoClose private static final ServerWithCurator SERVER = ServerWithCurator.start();

  private final CuttableProxy proxy = CuttableProxy.to(SERVER.zookeeper().port());
  private final Clients clients = new Clients();
  private Session session;
  private Session rival;

  @BeforeEach
  void knowTheQueue() {
    String namespace = "known/" + UUID.randomUUID();
    session = clients.open(proxy.uri(namespace), TIMEOUT);
    rival = clients.open(SERVER.zookeeper().uri(namespace), TIMEOUT);
    get(session.commit(Transaction.EMPTY.put(CONDITION, Payload.EMPTY)));
    for (int i = 0; i < OFTEN; i++) {
      cycle();
    }
  }

  @AfterEach
  void disconnect() {
    clients.close();
    proxy.close();
  }

  private Place joinOnCondition() {
    return get(joining()).get(0);
  }

  private CompletableFuture<List<Place>> joining() {
    return session.join(List.of(Claim.exclusive(QUEUE)), List.of(CONDITION), Payload.EMPTY);
  }

  private void cycle() {
    Place place = joinOnCondition();
    assertThat(place.isFirst()).isTrue();
    get(session.leave(List.of(place)));
  }

  @Test
  void join_knownQueue_asksForNoLook() {
    int cycles = 50;
    long before = FourLetterWords.received(Host.LOOPBACK.address(), SERVER.zookeeper().port());

    for (int i = 0; i < cycles; i++) {
      cycle();
    }

    long received =
        FourLetterWords.received(Host.LOOPBACK.address(), SERVER.zookeeper().port()) - before;
    assertThat(received)
        .as("a create and a delete each; and some pings")
        .isLessThan(cycles * 5 / 2);
  }

  @Test
  void join_placeBeingLeft_asksForNoLook() {
    int cycles = 50;
    long before = FourLetterWords.received(Host.LOOPBACK.address(), SERVER.zookeeper().port());

    Place place = joinOnCondition();
    for (int i = 0; i < cycles; i++) {
      session.leave(List.of(place));
      place = joinOnCondition();
      assertThat(place.isFirst()).isTrue();
    }

    long received =
        FourLetterWords.received(Host.LOOPBACK.address(), SERVER.zookeeper().port()) - before;
    assertThat(received)
        .as("a create and a delete each; and some pings")
        .isLessThan(cycles * 5 / 2);
  }

  @Test
  void join_rivalCameWhileThePlaceIsBeingLeft_isBehindIt() {
    Place place = joinOnCondition();
    Runnable letRepliesThrough = proxy.holdReplies();
    CompletableFuture<Void> left = session.leave(List.of(place));
    Place theirs = join(rival, QUEUE);
    CompletableFuture<List<Place>> joined = joining();
    letRepliesThrough.run();

    assertThat(get(joined).get(0).ahead())
        .extracting(Place.Member::key)
        .containsExactly(theirs.key());
    get(left);
  }

  @Test
  void join_severalKnownQueues_seesWhoCameMeanwhile() {
    Key other = Key.of("locks", "other");
    List<Claim> both = List.of(Claim.exclusive(QUEUE), Claim.exclusive(other));
    for (int i = 0; i < OFTEN; i++) {
      List<Place> places = get(session.join(both, Payload.EMPTY));
      assertThat(places).allMatch(Place::isFirst);
      get(session.leave(places));
    }
    Place theirs = join(rival, other);

    List<Place> places = get(session.join(both, Payload.EMPTY));

    assertThat(places.get(0).isFirst()).isTrue();
    assertThat(places.get(1).ahead()).extracting(Place.Member::key).containsExactly(theirs.key());
  }

  @Test
  void join_rivalCameMeanwhile_isBehindIt() {
    Place theirs = join(rival, QUEUE);

    assertThat(joinOnCondition().ahead())
        .extracting(Place.Member::key)
        .containsExactly(theirs.key());
  }

  @Test
  void join_rivalCameAndWent_isFirst() {
    get(rival.leave(List.of(join(rival, QUEUE))));

    cycle();
    cycle();
  }

  @Test
  void join_ownPlaceIsStillThere_isBehindIt() {
    Place first = joinOnCondition();

    assertThat(joinOnCondition().ahead())
        .extracting(Place.Member::key)
        .containsExactly(first.key());
  }

  /** The numbers begin again, and go on to the one that would be next. */
  @Test
  void join_directoryMadeAnewWithARivalInIt_isBehindIt() throws Exception {
    String directory = session.nativePath(QUEUE);
    SERVER.curator().delete().forPath(directory);
    SERVER.curator().create().withMode(CreateMode.CONTAINER).forPath(directory);
    String last = "";
    for (int i = 0; i < OFTEN; i++) {
      if (!last.isEmpty()) {
        SERVER.curator().delete().forPath(last);
      }
      last =
          SERVER
              .curator()
              .create()
              .withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
              .forPath(directory + "/_c_" + UUID.randomUUID() + "-lock-");
    }
    assertThat(last).endsWith(Integer.toString(OFTEN - 1));

    assertThat(joinOnCondition().ahead()).hasSize(1);
  }

  @Test
  void join_conditionGoneMeanwhile_takesNoPlace() {
    get(rival.commit(Transaction.EMPTY.delete(CONDITION)));

    assertThatThrownBy(this::joinOnCondition).isInstanceOf(GuardFailedException.class);
    assertThat(join(rival, QUEUE).isFirst()).isTrue();
  }

  @Test
  void join_conditionMadeAnew_takesAPlace() {
    get(rival.commit(Transaction.EMPTY.delete(CONDITION)));
    get(rival.commit(Transaction.EMPTY.put(CONDITION, Payload.EMPTY)));

    cycle();
    cycle();
  }

  /** It hears of its end only together with the place that it took after it. */
  @Test
  void join_sessionGivenUpByOthersUnheard_takesNoPlace() throws Exception {
    Runnable letRepliesThrough = proxy.holdReplies();
    SERVER.curator().delete().forPath(presence());

    CompletableFuture<List<Place>> joined = joining();

    await()
        .atMost(Clients.PATIENCE)
        .until(() -> !SERVER.curator().getChildren().forPath(session.nativePath(QUEUE)).isEmpty());
    assertThat(joined).isNotDone();
    letRepliesThrough.run();
    assertThatThrownBy(() -> get(joined)).isInstanceOf(SessionLostException.class);
  }

  private String presence() {
    return session.nativePath(Key.of("sessions", session.id()));
  }

  @Test
  void join_sessionGivenUpByOthers_takesNoPlace() throws Exception {
    SERVER.curator().delete().forPath(presence());

    assertThatThrownBy(this::joinOnCondition).isInstanceOf(SessionLostException.class);
    assertThat(get(session.lost().toCompletableFuture())).isEqualTo(LossReason.REVOKED);
    Place theirs = join(rival, QUEUE);
    await()
        .atMost(Clients.PATIENCE)
        .until(() -> get(rival.refresh(theirs)).orElseThrow().isFirst());
  }
}
