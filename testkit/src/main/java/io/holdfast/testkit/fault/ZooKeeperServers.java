package io.holdfast.testkit.fault;

import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** {@link Servers} of ZooKeeper. */
record ZooKeeperServers(ZooKeeperCluster cluster) implements Servers {

  @Override
  public Store store() {
    return Store.ZOOKEEPER;
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
  public Wound fillDisk(int server) {
    return FullDisk.of(this, server, cluster.dataFolder(server));
  }

  @Override
  public Backup backUp() {
    return cluster.backUp()::restore;
  }

  @Override
  public long diskUsed() {
    return cluster.diskUsed();
  }

  @Override
  public Set<Ability> abilities() {
    return can();
  }

  /** What can be done to any of them. */
  static Set<Ability> can() {
    Set<Ability> abilities = EnumSet.of(Ability.KILL_SERVERS, Ability.PAUSE_SERVERS);
    abilities.add(Ability.RESTORE);
    if (SmallDisk.isPossible()) {
      abilities.add(Ability.FILL_DISKS);
    }
    return abilities;
  }

  @Override
  public boolean serves(int server) {
    return cluster.serves(server);
  }

  @Override
  public void awaitServing() {
    cluster.awaitAllServing();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
