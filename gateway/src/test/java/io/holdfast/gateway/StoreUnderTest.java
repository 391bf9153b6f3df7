package io.holdfast.gateway;

import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.util.function.Supplier;

/** A real store of one server. */
public enum StoreUnderTest {
  ZOOKEEPER(
      () -> {
        EmbeddedZooKeeper server = EmbeddedZooKeeper.start();
        return new Running(server.uri("gateway"), server);
      }),
  ETCD(
      () -> {
        EtcdCluster server = EtcdCluster.start(1);
        return new Running(server.uri("gateway"), server);
      });

  @SuppressWarnings("ImmutableEnumChecker") // it has no state
  private final Supplier<Running> start;

  StoreUnderTest(Supplier<Running> start) {
    this.start = start;
  }

  /**
   * One that runs.
   *
   * @param uri where coordinators connect to
   * @param server ends it
   */
  public record Running(String uri, AutoCloseable server) {}

  /** Starts it. */
  public Running start() {
    return start.get();
  }
}
