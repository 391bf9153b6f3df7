package io.holdfast.payment.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.Locks;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.ledger.LedgerConfig;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.payment.metrics.Counters.Count;
import io.holdfast.payment.testing.Sql;
import io.holdfast.payment.testing.TestPostgres;
import io.holdfast.testkit.memory.MemoryCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Locks, seals and gates together, over a cluster in memory and a real PostgreSQL. */
class ShardOwnershipTest {

  private static final ShardMap MAP = new ShardMap(3);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final DatabaseConfig DATABASE = TestPostgres.freshDatabase();

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final Node a = new Node("a");
  private final Node b = new Node("b");

  @AfterEach
  void close() {
    a.close();
    b.close();
    cluster.close();
    Sql.change(DATABASE, "UPDATE shard SET fence_token = '00000000-0000-0000-0000-000000000000'");
  }

  private final class Node implements AutoCloseable {
    final Coordinator coordinator;
    final ShardGates gates = new ShardGates(MAP.shards());
    final Counters counters = new Counters();
    final Ledger ledger;
    final ShardOwnership ownership;

    Node(String name) {
      CoordinatorOptions options =
          CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(20));
      coordinator = Coordinator.connect(cluster.client(name, options), options, "memory");
      ledger =
          Ledger.open(LedgerConfig.of(name, Map.of("main", DATABASE)).withShards(MAP.shards()));
      ownership = new ShardOwnership(new Locks(coordinator), ledger, gates, counters, () -> {});
    }

    List<Integer> shards() {
      return gates.owned().stream().map(Fence::shard).toList();
    }

    FencingToken token(int shard) {
      try (ShardPass pass = gates.enter(shard).orElseThrow()) {
        return pass.fence().token();
      }
    }

    void awaitShards(Integer... shards) {
      await().atMost(LIMIT).untilAsserted(() -> assertThat(shards()).containsExactly(shards));
    }

    @Override
    public void close() {
      ownership.close();
      ledger.close();
      coordinator.close();
    }
  }

  private static long sealedWith(FencingToken token) {
    return Sql.number(DATABASE, "SELECT count(*) FROM shard WHERE fence_token = '" + token + "'");
  }

  @Test
  void want_freeShards_servesThemSealed() {
    a.ownership.want(Set.of(0, 2));

    a.awaitShards(0, 2);

    assertThat(sealedWith(a.token(0))).isEqualTo(1);
    assertThat(a.gates.enter(1)).isEmpty();
  }

  @Test
  void want_shardOfAnother_takesOverOnceItIsGivenUp() {
    a.ownership.want(Set.of(0, 1, 2));
    a.awaitShards(0, 1, 2);
    FencingToken earlier = a.token(1);

    b.ownership.want(Set.of(1));
    a.ownership.want(Set.of(0, 2));

    b.awaitShards(1);
    a.awaitShards(0, 2);
    assertThat(b.token(1).toString()).isGreaterThan(earlier.toString());
  }

  @Test
  void unwant_withARequestInside_keepsTheLockUntilItHasLeft() {
    a.ownership.want(Set.of(0));
    a.awaitShards(0);
    ShardPass inside = a.gates.enter(0).orElseThrow();
    b.ownership.want(Set.of(0));

    a.ownership.want(Set.of());
    a.awaitShards();
    assertThat(b.shards()).isEmpty();
    assertThat(a.ownership.count(ShardState.LEAVING)).isEqualTo(1);
    assertThat(b.ownership.count(ShardState.WAITING)).isEqualTo(1);
    inside.close();

    b.awaitShards(0);
    assertThat(b.ownership.count(ShardState.SERVING)).isEqualTo(1);
    assertThat(b.ownership.count(ShardState.IDLE)).isEqualTo(2);
  }

  @Test
  void sessionExpired_servingNode_stopsAndComesBackWithAGreaterToken() {
    a.ownership.want(Set.of(0));
    a.awaitShards(0);
    FencingToken earlier = a.token(0);

    cluster.expire(a.coordinator.current().orElseThrow().id());

    await()
        .atMost(LIMIT)
        .until(() -> a.counters.get(Count.SHARDS_LOST) == 1 && a.shards().contains(0));
    assertThat(a.token(0).toString()).isGreaterThan(earlier.toString());
  }

  @Test
  void fenced_servedShard_isDroppedAndAcquiredAnew() {
    a.ownership.want(Set.of(0));
    a.awaitShards(0);
    FencingToken earlier = a.token(0);

    a.ownership.fenced(new Fence(0, earlier));

    await().atMost(LIMIT).until(() -> a.counters.get(Count.SHARDS_ACQUIRED) == 2);
    assertThat(a.token(0).toString()).isGreaterThan(earlier.toString());
  }

  @Test
  void fenced_earlierToken_changesNothing() throws Exception {
    a.ownership.want(Set.of(0));
    a.awaitShards(0);
    FencingToken token = a.token(0);

    a.ownership.fenced(new Fence(0, new FencingToken(0, Revision.NONE, 0)));
    a.ownership.want(Set.of(0, 1));
    a.awaitShards(0, 1);

    assertThat(a.token(0)).isEqualTo(token);
  }

  @Test
  void releaseAll_servedShards_freesTheLocks() throws Exception {
    a.ownership.want(Set.of(0, 1, 2));
    a.awaitShards(0, 1, 2);

    CompletableFuture<Void> released = a.ownership.releaseAll(LIMIT);
    released.get(LIMIT.toSeconds(), TimeUnit.SECONDS);

    assertThat(a.shards()).isEmpty();
    assertThat(new Locks(b.coordinator).lock("shard-0").exclusive().tryAcquire()).isPresent();
  }
}
