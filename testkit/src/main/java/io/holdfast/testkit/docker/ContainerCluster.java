package io.holdfast.testkit.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import io.holdfast.testkit.process.FreePorts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.DockerImageName;

/**
 * A cluster of servers in containers, on a network of its own.
 *
 * <p>Each server's client port is published on a port of loopback that stays the same over restarts
 * and reconnections. Meant for one test thread. {@link #close} leaves neither containers nor a
 * network; a JVM that is killed does, unless Testcontainers' reaper runs.
 */
public final class ContainerCluster implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ContainerCluster.class);
  private static final Duration START_BOUND = Duration.ofMinutes(5);

  /** A server that is not up by then, or that the engine would not start, gets another try. */
  private static final Duration TRY_BOUND = Duration.ofSeconds(90);

  private static final int TRIES = 3;

  private final Kind kind;
  private final Network network;
  private final List<Node> nodes = new ArrayList<>();

  /** A server: its container and where clients find it. */
  private static final class Node {
    private final String name;
    private final GenericContainer<?> container;

    /** Set when the container is made; another one at each try, lest a program has taken it. */
    private volatile int port;

    Node(String name, GenericContainer<?> container) {
      this.name = name;
      this.container = container;
    }

    String name() {
      return name;
    }

    GenericContainer<?> container() {
      return container;
    }

    int port() {
      return port;
    }

    PortBinding publish(int clientPort) {
      port = FreePorts.find(1).get(0);
      return new PortBinding(
          Ports.Binding.bindIpAndPort("127.0.0.1", port), new ExposedPort(clientPort));
    }

    String id() {
      return Objects.requireNonNull(container.getContainerId(), "a container that was started");
    }
  }

  /** Which server runs. */
  private enum Kind {
    ETCD("etcd", 2379),
    ZOOKEEPER("zookeeper", 2181);

    private final String scheme;
    private final int clientPort;

    Kind(String scheme, int clientPort) {
      this.scheme = scheme;
      this.clientPort = clientPort;
    }
  }

  private ContainerCluster(Kind kind, Network network) {
    this.kind = kind;
    this.network = network;
  }

  /**
   * Starts etcd servers.
   *
   * @throws IOException if there is no image and none can be made
   */
  public static ContainerCluster etcd(int servers) throws IOException, InterruptedException {
    return start(Kind.ETCD, LocalImages.etcd(), servers);
  }

  /**
   * Starts ZooKeeper servers.
   *
   * @throws IOException if there is no image and none can be made
   */
  public static ContainerCluster zookeeper(int servers) throws IOException, InterruptedException {
    return start(Kind.ZOOKEEPER, LocalImages.zookeeper(), servers);
  }

  private static ContainerCluster start(Kind kind, String image, int servers) {
    ContainerCluster cluster = new ContainerCluster(kind, Network.newNetwork());
    List<String> names = IntStream.rangeClosed(1, servers).mapToObj(i -> "node-" + i).toList();
    for (int i = 0; i < servers; i++) {
      GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image));
      Node node = new Node(names.get(i), container);
      cluster.nodes.add(node);
      cluster.configure(node, names, i);
    }
    try {
      Startables.deepStart(cluster.nodes.stream().map(Node::container).toList())
          .orTimeout(START_BOUND.toSeconds(), TimeUnit.SECONDS)
          .join();
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  private void configure(Node node, List<String> names, int i) {
    GenericContainer<?> container = node.container();
    container
        .withNetwork(network)
        .withStartupTimeout(TRY_BOUND)
        .withStartupAttempts(TRIES)
        .withNetworkAliases(names.get(i))
        .withExposedPorts(kind.clientPort)
        .withCreateContainerCmdModifier(
            create -> {
              HostConfig host = Objects.requireNonNull(create.getHostConfig(), "set before");
              host.withPortBindings(node.publish(kind.clientPort));
            });
    if (kind == Kind.ETCD) {
      container.withCommand(EtcdArguments.of(names, i));
    } else {
      container.withEnv(zookeeperSettings(names, i));
    }
  }

  private static Map<String, String> zookeeperSettings(List<String> names, int i) {
    String servers =
        IntStream.range(0, names.size())
            .mapToObj(each -> "server.%d=%s:2888:3888;2181".formatted(each + 1, names.get(each)))
            .collect(Collectors.joining(" "));
    return Map.of(
        "ZOO_MY_ID", Integer.toString(i + 1),
        "ZOO_SERVERS", servers,
        "ZOO_TICK_TIME", "500",
        "ZOO_INIT_LIMIT", "20",
        "ZOO_SYNC_LIMIT", "2",
        "ZOO_MAX_CLIENT_CNXNS", "0",
        "ZOO_ADMINSERVER_ENABLED", "false",
        "JVMFLAGS", "-Xmx128m -XX:+UseSerialGC");
  }

  /** How many servers it was started with. */
  public int size() {
    return nodes.size();
  }

  /** What they run, by its name. */
  public String image() {
    return nodes.get(0).container().getDockerImageName();
  }

  /** Where clients reach each server, {@code host:port}. */
  public List<String> endpoints() {
    return nodes.stream().map(node -> "127.0.0.1:" + node.port()).toList();
  }

  /** The address of all servers, with a namespace. */
  public String uri(String namespace) {
    return kind.scheme + "://" + String.join(",", endpoints()) + "/" + namespace;
  }

  /** Freezes a server's processes; they cannot tell. */
  public void pause(int server) {
    docker().pauseContainerCmd(nodes.get(server).id()).exec();
  }

  /** Ends {@link #pause}. */
  public void resume(int server) {
    docker().unpauseContainerCmd(nodes.get(server).id()).exec();
  }

  /** SIGKILL. The data stays. */
  public void kill(int server) {
    docker().killContainerCmd(nodes.get(server).id()).exec();
  }

  /**
   * Starts a server again that was killed, with its data and on its port; one that runs goes on.
   */
  public void restart(int server) {
    try {
      docker().startContainerCmd(nodes.get(server).id()).exec();
    } catch (NotModifiedException e) {
      LOG.debug("{} runs already", nodes.get(server).name(), e);
    }
  }

  /** Takes a server off the network: from its peers and from its clients alike. */
  public void disconnect(int server) {
    docker()
        .disconnectFromNetworkCmd()
        .withNetworkId(network.getId())
        .withContainerId(nodes.get(server).id())
        .exec();
  }

  /** Ends {@link #disconnect}. */
  public void reconnect(int server) {
    Node node = nodes.get(server);
    docker()
        .connectToNetworkCmd()
        .withNetworkId(network.getId())
        .withContainerId(node.id())
        .withContainerNetwork(new ContainerNetwork().withAliases(node.name()))
        .exec();
  }

  private static DockerClient docker() {
    return DockerClientFactory.instance().client();
  }

  @Override
  public void close() {
    nodes.forEach(node -> node.container().stop());
    network.close();
  }
}
