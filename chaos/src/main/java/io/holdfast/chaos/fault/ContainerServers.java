package io.holdfast.chaos.fault;

import io.holdfast.testkit.docker.ContainerCluster;
import io.holdfast.testkit.etcd.EtcdHttp;
import io.holdfast.testkit.zookeeper.FourLetterWords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** {@link Servers} of either kind, in containers. */
record ContainerServers(Store store, ContainerCluster cluster) implements Servers {

  /** What can be done to any of them. */
  static final Set<Capability> CAN =
      Set.of(Capability.KILL_SERVERS, Capability.PAUSE_SERVERS, Capability.UNPLUG_SERVERS);

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  /** Starts {@code count} servers; {@link #awaitServing} tells when they serve. */
  static ContainerServers start(Store store, int count) {
    try {
      ContainerCluster cluster =
          switch (store) {
            case ETCD -> ContainerCluster.etcd(count);
            case ZOOKEEPER -> ContainerCluster.zookeeper(count);
          };
      return new ContainerServers(store, cluster);
    } catch (IOException e) {
      throw new UncheckedIOException("no images for containers of " + store, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while containers started", e);
    }
  }

  @Override
  public String version() {
    return "image " + cluster.image();
  }

  @Override
  public List<String> endpoints() {
    return cluster.endpoints();
  }

  @Override
  public OptionalInt leader() {
    return IntStream.range(0, cluster.size()).filter(this::leads).findFirst();
  }

  private boolean leads(int server) {
    return switch (store) {
      case ETCD -> EtcdHttp.leads(endpoints().get(server));
      case ZOOKEEPER -> mode(server).equals("leader");
    };
  }

  private String mode(int server) {
    String endpoint = endpoints().get(server);
    int colon = endpoint.lastIndexOf(':');
    int port = Integer.parseInt(endpoint.substring(colon + 1));
    return FourLetterWords.mode(endpoint.substring(0, colon), port).orElse("");
  }

  @Override
  public void start(int server) {
    cluster.restart(server);
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
  public void unplug(int server) {
    cluster.disconnect(server);
  }

  @Override
  public void plug(int server) {
    cluster.reconnect(server);
  }

  @Override
  public Set<Capability> capabilities() {
    return CAN;
  }

  @Override
  public boolean serves(int server) {
    return switch (store) {
      case ETCD -> EtcdHttp.healthy(endpoints().get(server));
      case ZOOKEEPER -> !mode(server).isEmpty();
    };
  }

  @Override
  public void awaitServing() {
    long start = System.nanoTime();
    for (int server = 0; server < cluster.size(); server++) {
      while (!serves(server)) {
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw new IllegalStateException("server " + server + " does not serve in " + PATIENCE);
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new IllegalStateException("interrupted while waiting for server " + server);
        }
        LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      }
    }
  }

  @Override
  public void close() {
    cluster.close();
  }
}
