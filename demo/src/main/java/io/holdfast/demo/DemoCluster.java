package io.holdfast.demo;

import io.holdfast.coordination.ClusterUri;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import io.holdfast.testkit.zookeeper.ServerSettings;
import java.time.Duration;

/**
 * The coordination cluster of a demo.
 *
 * @param backend its kind, as the report names it
 * @param description for people
 * @param uri with a namespace of the demo's own
 * @param server what to stop in the end; nothing for a cluster that was there before
 */
record DemoCluster(String backend, String description, String uri, AutoCloseable server)
    implements AutoCloseable {

  /** ZooKeeper ends a session at the next tick, so up to one later; it grants 20 of them. */
  private static final Duration TICK = Duration.ofMillis(250);

  static DemoCluster of(DemoPlan plan, String run) {
    if (plan.existing().isPresent()) {
      return existing(plan.existing().get(), run);
    }
    return switch (plan.backend()) {
      case ZOOKEEPER -> zooKeeper(run);
      case ETCD -> etcd(run);
    };
  }

  private static DemoCluster existing(String address, String run) {
    ClusterUri uri = ClusterUri.parse(address);
    return new DemoCluster(
        uri.scheme(),
        "the cluster at " + uri,
        uri.withNamespace(uri.namespace().child(run)).toString(),
        () -> {});
  }

  private static DemoCluster zooKeeper(String run) {
    EmbeddedZooKeeper server = EmbeddedZooKeeper.start(ServerSettings.defaults().withTick(TICK));
    return new DemoCluster(
        "zookeeper",
        "ZooKeeper inside this process, at " + server.connectString(),
        server.uri(run),
        server);
  }

  private static DemoCluster etcd(String run) {
    EtcdCluster server =
        EtcdCluster.start(
            EtcdCluster.Options.forTests(1).withDurability(EtcdCluster.Durability.FSYNC));
    return new DemoCluster(
        "etcd",
        "etcd " + server.version() + " at " + String.join(",", server.endpoints()),
        server.uri(run),
        server);
  }

  @Override
  public void close() throws Exception {
    server.close();
  }
}
