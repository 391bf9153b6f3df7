package io.holdfast.testkit.fault;

import io.holdfast.testkit.etcd.EtcdCluster;
import java.util.List;
import java.util.OptionalInt;

/** {@link Servers} of etcd. */
record EtcdServers(EtcdCluster cluster) implements Servers {

  @Override
  public Store store() {
    return Store.ETCD;
  }

  @Override
  public String version() {
    return cluster.version();
  }

  @Override
  public List<String> endpoints() {
    return cluster.endpoints();
  }

  @Override
  public OptionalInt leader() {
    return cluster.leader();
  }

  @Override
  public void start(int server) {
    cluster.startAgain(server);
  }

  @Override
  public void kill(int server) {
    cluster.kill(server);
  }

  @Override
  public void pause(int server) {
    cluster.pause(server);
  }

  @Override
  public void resume(int server) {
    cluster.resume(server);
  }

  @Override
  public boolean serves(int server) {
    return cluster.serves(server);
  }

  @Override
  public void awaitServing() {
    cluster.awaitHealthy();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
