package io.holdfast.chaos.fault;

import io.holdfast.testkit.etcd.EtcdHttp;
import io.holdfast.testkit.network.Link;
import io.holdfast.testkit.process.Backup;
import io.holdfast.testkit.process.Host;
import io.holdfast.testkit.zookeeper.FourLetterWords;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** A {@link Cluster} of servers that run somehow, wired up in one way or another. */
final class WiredCluster implements Cluster {

  private final Servers servers;
  private final Wiring wiring;

  WiredCluster(Servers servers, Wiring wiring) {
    this.servers = servers;
    this.wiring = wiring;
  }

  @Override
  public Store store() {
    return servers.store();
  }

  @Override
  public String provider() {
    return wiring.name();
  }

  @Override
  public String version() {
    return servers.version();
  }

  @Override
  public int size() {
    return servers.endpoints().size();
  }

  @Override
  public OptionalInt leader() {
    return servers.leader();
  }

  @Override
  public void start(int server) {
    servers.start(server);
  }

  @Override
  public void kill(int server) {
    servers.kill(server);
  }

  @Override
  public void pause(int server) {
    servers.pause(server);
  }

  @Override
  public void resume(int server) {
    servers.resume(server);
  }

  @Override
  public void unplug(int server) {
    servers.unplug(server);
  }

  @Override
  public void plug(int server) {
    servers.plug(server);
  }

  @Override
  public ActiveFault fillDisk(int server) {
    return servers.fillDisk(server);
  }

  @Override
  public Backup backUp() {
    return servers.backUp();
  }

  @Override
  public ActiveFault moveNames() {
    return wiring.moveNames(servers.endpoints());
  }

  @Override
  public StoreAdmin storeAdmin() {
    return switch (store()) {
      case ZOOKEEPER -> new ZooKeeperAdmin(servers.endpoints());
      case ETCD -> new EtcdAdmin(servers.endpoints());
    };
  }

  @Override
  public boolean serves(int server) {
    return servers.serves(server);
  }

  @Override
  public LeaderWatch watchLeader() {
    return new LeaderWatch(
        servers.endpoints(),
        switch (store()) {
          case ZOOKEEPER -> FourLetterWords::serves;
          case ETCD -> EtcdHttp::hasLeader;
        });
  }

  @Override
  public void awaitServing() {
    servers.awaitServing();
  }

  @Override
  public Host host(String client) {
    return wiring.host(client);
  }

  @Override
  public String driver() {
    return wiring.driver();
  }

  @Override
  public String uri(String client, String namespace) {
    return uri(wiring.endpoints(client, servers.endpoints()), namespace);
  }

  @Override
  public String uri(String namespace) {
    return uri(servers.endpoints(), namespace);
  }

  private String uri(List<String> endpoints, String namespace) {
    return store() + "://" + String.join(",", endpoints) + "/" + namespace;
  }

  @Override
  public List<Link> links(String client) {
    return wiring.links(client, servers.endpoints());
  }

  @Override
  public Link between(int server, int other) {
    return wiring.between(server, other);
  }

  @Override
  public long diskUsed() {
    return servers.diskUsed();
  }

  @Override
  public Set<Capability> capabilities() {
    Set<Capability> capabilities = EnumSet.copyOf(servers.capabilities());
    capabilities.addAll(wiring.capabilities());
    capabilities.addAll(storeAdmin().capabilities());
    return capabilities;
  }

  @Override
  public void close() {
    servers.close();
    wiring.close();
  }
}
