package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.PATIENCE;
import static io.holdfast.zookeeper.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.testkit.zookeeper.FourLetterWords;
import io.holdfast.testkit.zookeeper.ServerSettings;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A leader without a majority, which has not noticed yet, serves reads and takes up sessions. */
final class DeposedLeaderTest {

  private static final Key KEY = Key.of("d", "k");

  @Test
  void commit_replyLostAndLeaderWithoutMajority_isNotSettledByItsWordAlone() {
    ServerSettings patient = ServerSettings.defaults().withSyncLimit(40);
    try (ZooKeeperCluster cluster = ZooKeeperCluster.start(3, patient);
        Clients clients = new Clients()) {
      int leader = cluster.awaitLeader();
      try (CuttableProxy proxy = CuttableProxy.to(cluster.port(leader))) {
        Session client = clients.open(proxy.uri("deposed"), Duration.ofSeconds(10));
        Session witness = clients.open(cluster.uri("deposed"), Duration.ofSeconds(10));
        get(client.commit(Transaction.EMPTY.put(Key.of("d", "before"), Payload.EMPTY)));
        proxy.loseReplies();
        CompletableFuture<Committed> commit =
            client.commit(
                Transaction.EMPTY.require(new Transaction.Absent(KEY)).put(KEY, Payload.EMPTY));
        await().atMost(PATIENCE).until(() -> there(witness).size() == 2);
        List<Integer> followers =
            IntStream.range(0, 3).filter(server -> server != leader).boxed().toList();

        followers.forEach(cluster::pause);
        proxy.cut();

        assertThatThrownBy(() -> commit.get(4, TimeUnit.SECONDS))
            .isInstanceOf(TimeoutException.class);
        assertThat(FourLetterWords.mode("127.0.0.1", cluster.port(leader))).contains("leader");
        followers.forEach(cluster::resume);
        assertThat(get(commit).revision()).isEqualTo(there(witness).get(1).modified());
      }
    }
  }

  private static List<Entry> there(Session witness) {
    return get(witness.list(KEY.parent(), Consistency.LINEARIZABLE)).entries();
  }
}
