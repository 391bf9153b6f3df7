package io.holdfast.benchmarks;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.lock.LockResponse;
import io.grpc.stub.StreamObserver;
import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.ExponentialBackoffRetry;

/** Locks against the peers' locks, on clusters of three servers that are processes here. */
final class LockBenchmarks {

  private static final int SERVERS = 3;
  private static final String UNCONTENDED = "uncontended acquire and release, one thread";

  private final Duel duel;

  LockBenchmarks(Duel duel) {
    this.duel = duel;
  }

  /** Against Curator's InterProcessMutex. */
  List<Result> onZooKeeper() throws Exception {
    try (ZooKeeperCluster cluster = ZooKeeperCluster.start(SERVERS);
        Coordinator coordinator = Coordinator.connect("zookeeper://" + leader(cluster) + "/bench");
        CuratorFramework curator =
            CuratorFrameworkFactory.newClient(
                leader(cluster), new ExponentialBackoffRetry(100, 3))) {
      curator.start();
      InterProcessMutex mutex = new InterProcessMutex(curator, "/peer/lock");
      Duel.Outcome outcome =
          duel.fight(
              cycleOf(new Locks(coordinator).exclusive("lock")),
              () -> {
                mutex.acquire();
                mutex.release();
              });
      return List.of(result("zookeeper", "curator InterProcessMutex", outcome, 1.2));
    }
  }

  /** Both sides speak to the leader: a way over a follower is longer, and the choice is random. */
  private static String leader(ZooKeeperCluster cluster) {
    return "127.0.0.1:" + cluster.port(cluster.awaitLeader());
  }

  private static String leader(EtcdCluster cluster) {
    return cluster.endpoints().get(cluster.leader().orElseThrow());
  }

  /** Against jetcd's Lock, with one lease for all its turns. */
  List<Result> onEtcd() throws Exception {
    EtcdCluster.Options durable =
        EtcdCluster.Options.forTests(SERVERS).withDurability(EtcdCluster.Durability.FSYNC);
    try (EtcdCluster cluster = EtcdCluster.start(durable);
        Coordinator coordinator = Coordinator.connect("etcd://" + leader(cluster) + "/bench");
        Client jetcd = Client.builder().endpoints("http://" + leader(cluster)).build()) {
      long lease = jetcd.getLeaseClient().grant(60).get().getID();
      jetcd.getLeaseClient().keepAlive(lease, new Ignored<>());
      ByteSequence name = ByteSequence.from("/peer/lock", StandardCharsets.UTF_8);
      Duel.Outcome outcome =
          duel.fight(
              cycleOf(new Locks(coordinator).exclusive("lock")),
              () -> {
                LockResponse held = jetcd.getLockClient().lock(name, lease).get();
                jetcd.getLockClient().unlock(held.getKey()).get();
              });
      jetcd.getLeaseClient().revoke(lease).get();
      return List.of(result("etcd", "jetcd Lock", outcome, 1.0));
    }
  }

  private static Duel.Work cycleOf(DistributedLock lock) {
    return () -> {
      try (LockGrant grant = lock.acquire()) {
        grant.ensureHeld();
      }
    };
  }

  private static Result result(String backend, String peer, Duel.Outcome outcome, double target) {
    return new Result(
        UNCONTENDED,
        backend,
        peer,
        outcome.ours(),
        outcome.theirs(),
        "cycles/s",
        outcome.ratio(),
        target);
  }

  private static final class Ignored<T> implements StreamObserver<T> {
    @Override
    public void onNext(T value) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
