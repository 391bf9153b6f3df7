package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.PATIENCE;
import static io.holdfast.zookeeper.Clients.get;
import static io.holdfast.zookeeper.Clients.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What has gone wrong with locks on ZooKeeper elsewhere, each under the name it is known by.
 *
 * <p>That a reaped container starts its sequence again is in {@link SessionEndTest}.
 */
class KnownTrapsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final String NAME = "q";
  private static final Key QUEUE = Key.of("locks", NAME);
  private static EmbeddedZooKeeper zookeeper;
  private static CuratorFramework stranger;

  private final Clients clients = new Clients();
  private String namespace = "";
  private CuttableProxy proxy;
  private Session witness;

  @BeforeAll
  static void start() {
    zookeeper = EmbeddedZooKeeper.start();
    stranger =
        CuratorFrameworkFactory.newClient(
            zookeeper.connectString(), new ExponentialBackoffRetry(100, 5));
    stranger.start();
  }

  @AfterAll
  static void stop() {
    stranger.close();
    zookeeper.close();
  }

  @BeforeEach
  void connect() {
    namespace = "traps/" + UUID.randomUUID();
    proxy = CuttableProxy.to(zookeeper.port());
    witness = clients.open(zookeeper.uri(namespace), TIMEOUT);
  }

  @AfterEach
  void disconnect() {
    clients.close();
    proxy.close();
  }

  private Session behindProxy() {
    Session session = clients.open(proxy.uri(namespace), TIMEOUT);
    get(session.leave(List.of(join(session, QUEUE))));
    return session;
  }

  private List<Key> queue() {
    return get(witness.list(QUEUE, Consistency.LINEARIZABLE)).entries().stream()
        .map(Entry::key)
        .toList();
  }

  private Stat node(Key key) throws Exception {
    return stranger.checkExists().forPath(witness.nativePath(key));
  }

  private static long number(Session session) {
    return HexFormat.fromHexDigitsToLong(session.id(), 0, 16);
  }

  @Test
  @DisplayName("CURATOR-604: a node found after a lost reply counts only if this session owns it")
  void join_foundNodeIsAnotherSessions_takesAPlaceOfItsOwn() throws Exception {
    Session client = behindProxy();
    proxy.loseReplies();
    CompletableFuture<List<Place>> joining =
        client.join(List.of(Claim.exclusive(QUEUE)), Payload.EMPTY);
    await().atMost(PATIENCE).until(() -> queue().size() == 1);
    Key first = queue().get(0);
    stranger.delete().forPath(witness.nativePath(first));
    stranger.create().withMode(CreateMode.EPHEMERAL).forPath(witness.nativePath(first));

    proxy.cut();

    Place place = get(joining).get(0);
    assertThat(place.key()).isNotEqualTo(first);
    assertThat(node(place.key()).getEphemeralOwner()).isEqualTo(number(client));
    assertThat(queue()).containsExactly(place.key());
  }

  @Test
  @DisplayName("CURATOR-678: a release whose request is lost still removes the node")
  void leave_requestLost_isDoneOnceConnected() {
    Session client = behindProxy();
    Place place = join(client, QUEUE);
    Place next = join(witness, QUEUE);
    proxy.loseRequests();
    CompletableFuture<Void> leaving = client.leave(List.of(place));
    get(witness.prove());
    assertThat(queue()).containsExactly(place.key(), next.key());
    assertThat(leaving).isNotDone();

    proxy.cut();

    get(leaving);
    assertThat(queue()).containsExactly(next.key());
  }

  @Test
  @DisplayName("Empty Stat after a recovered create: czxid 0 never becomes a token")
  void join_replyLost_createdIsTheNodesCzxid() throws Exception {
    Session client = behindProxy();
    proxy.loseReplies();
    CompletableFuture<List<Place>> joining =
        client.join(List.of(Claim.exclusive(QUEUE)), Payload.EMPTY);
    await().atMost(PATIENCE).until(() -> queue().size() == 1);

    proxy.cut();

    Place place = get(joining).get(0);
    assertThat(place.created()).isGreaterThan(Revision.NONE);
    assertThat(place.created().value()).isEqualTo(node(place.key()).getCzxid());
  }

  @Test
  @DisplayName("Two waiters of one session: only one of them holds")
  void acquire_twiceInOneSession_oneWaitsForTheOther() throws InterruptedException {
    CoordinatorOptions options = CoordinatorOptions.defaults().withSessionTimeout(TIMEOUT);
    try (Coordinator coordinator = Coordinator.connect(zookeeper.uri(namespace), options)) {
      DistributedLock lock = new Locks(coordinator).lock(NAME, LockConfig.unshared()).exclusive();
      LockGrant one = lock.acquire();
      CompletableFuture<LockGrant> two = lock.acquireAsync();
      await().atMost(PATIENCE).until(() -> queue().size() == 2);
      get(coordinator.session().thenCompose(Session::prove));
      assertThat(two).isNotDone();

      one.close();

      assertThat(get(two).token()).isGreaterThan(one.token());
      assertThat(queue()).hasSize(1);
    }
  }

  /** Neither Curator nor we stand behind it. */
  @Test
  void queue_nodeWithoutASequence_hasNothingToDoWithTheLock() throws Exception {
    stranger.create().creatingParentsIfNeeded().forPath("/" + namespace + "/locks/q/notes");
    try (Coordinator coordinator =
            Coordinator.connect(zookeeper.uri(namespace), CoordinatorOptions.defaults());
        LockGrant grant =
            new Locks(coordinator).lock(NAME).exclusive().tryAcquire().orElseThrow()) {
      assertThat(get(new LockQueues(coordinator).queue(NAME)))
          .singleElement()
          .satisfies(holder -> assertThat(holder.token()).isEqualTo(grant.token()));
    }
  }
}
