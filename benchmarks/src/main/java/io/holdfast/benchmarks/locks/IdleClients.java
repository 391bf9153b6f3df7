package io.holdfast.benchmarks.locks;

import io.holdfast.coordination.Coordinator;
import io.holdfast.testkit.zookeeper.FourLetterWords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;

/**
 * What clients of ZooKeeper cost that are connected and do nothing, by the count of transactions
 * that the leader itself keeps.
 *
 * @param clients on each side
 * @param ours quorum writes a client and minute
 * @param theirs the same, of Curator's
 */
record IdleClients(int clients, double ours, double theirs) {

  private static final int SESSION_MS = 10_000;

  /** What a side's clients are opened by, one call each. */
  private interface Opener {
    AutoCloseable open() throws Exception;
  }

  /**
   * Measures one side after the other.
   *
   * @param settle how long after the last was opened the count begins
   * @param length how long it goes on
   */
  static IdleClients measure(Cluster cluster, int clients, Duration settle, Duration length)
      throws Exception {
    int port = Integer.parseInt(cluster.address().substring(cluster.address().indexOf(':') + 1));
    Opener curator =
        () -> {
          CuratorFramework client =
              CuratorFrameworkFactory.newClient(
                  cluster.address(), SESSION_MS, SESSION_MS, new RetryOneTime(100));
          client.start();
          client.blockUntilConnected();
          return client;
        };
    return new IdleClients(
        clients,
        writes(() -> Coordinator.connect(cluster.uri()), port, clients, settle, length),
        writes(curator, port, clients, settle, length));
  }

  private static double writes(
      Opener opener, int port, int clients, Duration settle, Duration length) throws Exception {
    List<AutoCloseable> open = new ArrayList<>();
    try {
      for (int i = 0; i < clients; i++) {
        open.add(opener.open());
      }
      TimeUnit.NANOSECONDS.sleep(settle.toNanos());
      long before = FourLetterWords.zxid("127.0.0.1", port);
      long start = System.nanoTime();
      TimeUnit.NANOSECONDS.sleep(length.toNanos());
      long written = FourLetterWords.zxid("127.0.0.1", port) - before;
      double minutes = (System.nanoTime() - start) / 60e9;
      return written / minutes / clients;
    } finally {
      for (AutoCloseable client : open) {
        client.close();
      }
    }
  }
}
