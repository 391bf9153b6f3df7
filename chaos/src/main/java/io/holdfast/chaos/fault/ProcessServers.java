package io.holdfast.chaos.fault;

import io.holdfast.testkit.etcd.EtcdBinary;
import io.holdfast.testkit.process.Backup;
import io.holdfast.testkit.process.ServerGroup;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** {@link Servers} that are processes. */
record ProcessServers(Store store, ServerGroup group) implements Servers {

  /** What can be done to any of a store. */
  static Set<Capability> can(Store store) {
    Set<Capability> capabilities = EnumSet.of(Capability.KILL_SERVERS, Capability.PAUSE_SERVERS);
    if (store == Store.ZOOKEEPER || EtcdBinary.find().etcdctl().isPresent()) {
      capabilities.add(Capability.RESTORE);
    }
    if (SmallDisk.isPossible()) {
      capabilities.add(Capability.FILL_DISKS);
    }
    return capabilities;
  }

  @Override
  public String version() {
    return group.version();
  }

  @Override
  public List<String> endpoints() {
    return group.endpoints();
  }

  @Override
  public OptionalInt leader() {
    return group.leader();
  }

  @Override
  public void start(int server) {
    group.startAgain(server);
  }

  @Override
  public void kill(int server) {
    group.kill(server);
  }

  @Override
  public void pause(int server) {
    group.pause(server);
  }

  @Override
  public void resume(int server) {
    group.resume(server);
  }

  @Override
  public ActiveFault fillDisk(int server) {
    return FullDisk.of(this, server, group.dataFolder(server));
  }

  @Override
  public Backup backUp() {
    return group.backUp();
  }

  @Override
  public long diskUsed() {
    return group.diskUsed();
  }

  @Override
  public Set<Capability> capabilities() {
    return can(store);
  }

  @Override
  public boolean serves(int server) {
    return group.serves(server);
  }

  @Override
  public void awaitServing() {
    group.awaitServing();
  }

  @Override
  public void close() {
    group.close();
  }
}
