package io.holdfast.testkit.etcd;

import io.holdfast.coordination.security.Login;
import io.holdfast.coordination.security.Secret;
import io.holdfast.testkit.process.Command;
import io.holdfast.testkit.process.FreePorts;
import io.holdfast.testkit.process.Host;
import io.holdfast.testkit.process.ServerGroup;
import io.holdfast.testkit.process.ServerProcess;
import io.holdfast.testkit.process.TemporaryFolder;
import io.holdfast.testkit.tls.ServerTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real etcd cluster on loopback: each server a child process, all data in one temporary folder.
 *
 * <p>Meant for one test thread. After {@link #close} neither a process nor a folder is left.
 */
public final class EtcdCluster implements ServerGroup {

  private static final Logger LOG = LoggerFactory.getLogger(EtcdCluster.class);
  private static final int START_ATTEMPTS = 5;
  private static final Duration START_BOUND = Duration.ofSeconds(60);
  private static final Duration COMMAND_BOUND = Duration.ofSeconds(60);

  /** Whether a server waits for its disk before it acknowledges. */
  public enum Durability {
    /** As in production. Benchmarks use this. */
    FSYNC,
    /** {@code --unsafe-no-fsync}: faster, and survives kills of processes but not of machines. */
    NO_FSYNC
  }

  /**
   * How the servers run.
   *
   * @param servers how many, usually 1 or 3
   * @param heartbeat the leader's interval
   * @param election after which a silent leader is replaced; the shortest lease is one and a half
   *     times as long
   * @param durability whether writes wait for the disk
   * @param tls how the servers speak TLS to their clients
   * @param tokenLife how long a user's token lasts while it is not used
   * @param quota how large the store may grow, in bytes; 0 is etcd's own choice
   */
  public record Options(
      int servers,
      Duration heartbeat,
      Duration election,
      Durability durability,
      Optional<ServerTls> tls,
      Duration tokenLife,
      long quota) {

    /** Heartbeat 100 ms, election 1,000 ms, no fsync. */
    public static Options forTests(int servers) {
      return new Options(
          servers,
          Duration.ofMillis(100),
          Duration.ofMillis(1_000),
          Durability.NO_FSYNC,
          Optional.empty(),
          Duration.ofMinutes(5),
          0);
    }

    public Options {
      if (servers < 1) {
        throw new IllegalArgumentException("a cluster has at least one server");
      }
    }

    /** With another durability. */
    public Options withDurability(Durability other) {
      return new Options(servers, heartbeat, election, other, tls, tokenLife, quota);
    }

    /** With TLS. */
    public Options withTls(ServerTls other) {
      return new Options(
          servers, heartbeat, election, durability, Optional.of(other), tokenLife, quota);
    }

    /** With tokens of another life. */
    public Options withTokenLife(Duration other) {
      return new Options(servers, heartbeat, election, durability, tls, other, quota);
    }

    /** With a store that is full early. */
    public Options withQuota(long bytes) {
      return new Options(servers, heartbeat, election, durability, tls, tokenLife, bytes);
    }
  }

  private final EtcdBinary binary;
  private final Options options;
  private final List<Host> hosts;
  private final Path folder;
  private final List<Integer> ports;
  private final List<ServerProcess> servers = new ArrayList<>();

  private EtcdCluster(EtcdBinary binary, Options options, List<Host> hosts, Path folder) {
    this.binary = binary;
    this.options = options;
    this.hosts = List.copyOf(hosts);
    this.folder = folder;
    this.ports = FreePorts.find(3 * options.servers());
  }

  /** {@link #start(Options)} with {@link Options#forTests}. */
  public static EtcdCluster start(int servers) {
    return start(Options.forTests(servers));
  }

  /**
   * Starts a cluster and waits until every server answers.
   *
   * @throws EtcdNotFoundException if there is no etcd to start
   * @throws IllegalStateException if it does not come up within a minute
   */
  public static EtcdCluster start(Options options) {
    return start(options, Host.loopback(options.servers()));
  }

  /**
   * {@link #start(Options)} with each server on a host of its own.
   *
   * @param hosts one for each server, with the files of this machine
   */
  public static EtcdCluster start(Options options, List<Host> hosts) {
    EtcdBinary binary = EtcdBinary.find();
    RuntimeException last = null;
    for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
      EtcdCluster cluster = new EtcdCluster(binary, options, hosts, temporaryFolder());
      try {
        cluster.launch();
        return cluster;
      } catch (PortTakenException e) {
        LOG.debug("a port was taken, trying others", e);
        last = e;
        cluster.close();
      } catch (RuntimeException e) {
        cluster.close();
        throw e;
      }
    }
    throw new IllegalStateException("no free ports in " + START_ATTEMPTS + " attempts", last);
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("holdfast-etcd-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void launch() {
    for (int i = 0; i < options.servers(); i++) {
      servers.add(launch(i));
    }
    awaitServing();
    LOG.info("etcd {} runs on {}", binary.version(), endpoints());
  }

  private ServerProcess launch(int i) {
    List<String> command = new ArrayList<>();
    command.add(binary.etcd().toString());
    command.addAll(identity(i));
    command.addAll(List.of("--listen-client-urls", clientUrl(i)));
    command.addAll(List.of("--advertise-client-urls", clientUrl(i)));
    command.addAll(List.of("--listen-peer-urls", peerUrl(i)));
    command.addAll(List.of("--heartbeat-interval", "" + options.heartbeat().toMillis()));
    command.addAll(List.of("--election-timeout", "" + options.election().toMillis()));
    command.addAll(List.of("--log-level", "warn"));
    command.addAll(List.of("--listen-metrics-urls", "http://" + metrics(i)));
    command.addAll(List.of("--bcrypt-cost", "4"));
    command.addAll(List.of("--auth-token-ttl", "" + options.tokenLife().toSeconds()));
    options.tls().ifPresent(tls -> command.addAll(tlsOptions(tls)));
    if (options.quota() > 0) {
      command.add("--quota-backend-bytes=" + options.quota());
    }
    if (options.durability() == Durability.NO_FSYNC) {
      command.add("--unsafe-no-fsync");
    }
    return ServerProcess.start(
        "etcd " + name(i), hosts.get(i).command(command), folder, folder.resolve(name(i) + ".log"));
  }

  /** Which server of which cluster it is, and where its data are. */
  private List<String> identity(int i) {
    String cluster =
        IntStream.range(0, options.servers())
            .mapToObj(n -> name(n) + "=" + peerUrl(n))
            .collect(Collectors.joining(","));
    return List.of(
        "--name",
        name(i),
        "--data-dir",
        dataFolder(i).toString(),
        "--initial-advertise-peer-urls",
        peerUrl(i),
        "--initial-cluster",
        cluster,
        "--initial-cluster-token",
        folder.getFileName().toString());
  }

  private static List<String> tlsOptions(ServerTls tls) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("--cert-file", tls.certificate().chain().toString()));
    command.addAll(List.of("--key-file", tls.certificate().key().toString()));
    if (tls.clients() == ServerTls.Clients.CERTIFIED) {
      command.addAll(List.of("--trusted-ca-file", tls.authorities().toString()));
      command.add("--client-cert-auth");
    }
    return command;
  }

  /** Where a server tells of its health, without TLS. */
  private String metrics(int i) {
    return hosts.get(i).address() + ":" + ports.get(3 * i + 2);
  }

  private static String name(int i) {
    return "s" + i;
  }

  private String clientUrl(int i) {
    return (options.tls().isPresent() ? "https" : "http") + "://" + endpoints().get(i);
  }

  private String peerUrl(int i) {
    return "http://" + hosts.get(i).address() + ":" + ports.get(3 * i + 1);
  }

  @Override
  public List<String> endpoints() {
    return IntStream.range(0, options.servers())
        .mapToObj(i -> hosts.get(i).address() + ":" + ports.get(3 * i))
        .toList();
  }

  /** The address that a Coordinator takes, with all servers. */
  public String uri(String namespace) {
    return (options.tls().isPresent() ? "etcd+tls://" : "etcd://")
        + String.join(",", endpoints())
        + "/"
        + namespace;
  }

  @Override
  public String version() {
    return binary.version();
  }

  @Override
  public void kill(int i) {
    servers.get(i).kill();
  }

  @Override
  public void pause(int i) {
    servers.get(i).pause();
  }

  @Override
  public void resume(int i) {
    servers.get(i).resume();
  }

  @Override
  public void startAgain(int i) {
    if (!servers.get(i).isAlive()) {
      servers.set(i, launch(i));
    }
  }

  @Override
  public boolean serves(int i) {
    return servers.get(i).isAlive() && EtcdHttp.healthy(metrics(i));
  }

  /** Starts one server again on its own data and ports, ending it before if it runs. */
  public void restart(int i) {
    servers.get(i).kill();
    servers.set(i, launch(i));
    awaitServing(i);
  }

  @Override
  public void awaitServing() {
    IntStream.range(0, options.servers()).forEach(this::awaitServing);
  }

  private void awaitServing(int i) {
    long deadline = System.nanoTime() + START_BOUND.toNanos();
    while (!EtcdHttp.healthy(metrics(i))) {
      ServerProcess server = servers.get(i);
      if (!server.isAlive()) {
        String log = server.logTail(20);
        if (log.contains("address already in use")) {
          throw new PortTakenException(log);
        }
        throw new IllegalStateException(server + " ended:\n" + log);
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(server + " is not healthy:\n" + server.logTail(20));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /**
   * Turns authentication on.
   *
   * @param root the password of etcd's administrator
   * @param users each may read and write all keys with the prefix {@code /<name>/}, and nothing
   *     else
   */
  public void enableAuthentication(Secret root, Login... users) {
    for (Login user : users) {
      etcdctl("role", "add", user.user());
      etcdctl(
          "role",
          "grant-permission",
          user.user(),
          "--prefix=true",
          "readwrite",
          "/" + user.user() + "/");
      addUser(user, user.user());
    }
    addUser(new Login("root", root), "root");
    etcdctl("auth", "enable");
  }

  private void addUser(Login user, String role) {
    etcdctl("user", "add", user.user() + ":" + new String(user.password().read()));
    etcdctl("user", "grant-role", user.user(), role);
  }

  @Override
  public OptionalInt leader() {
    return IntStream.range(0, options.servers())
        .filter(i -> servers.get(i).isAlive() && EtcdHttp.leads(metrics(i)))
        .findFirst();
  }

  /** How many requests of a kind, such as {@code Txn}, a server has answered without an error. */
  public long answered(int i, String method) {
    return EtcdHttp.answered(metrics(i), method);
  }

  /**
   * How many messages clients have sent to a server since it started; 0 if it does not answer.
   * Calls that go on, such as watches, count with each of theirs.
   */
  public long received(int i) {
    return EtcdHttp.received(metrics(i));
  }

  /** True if {@link #etcdctl} can be used. */
  public boolean hasEtcdctl() {
    return binary.etcdctl().isPresent();
  }

  /** The command line that runs etcdctl against this cluster, for a process of one's own. */
  public List<String> etcdctlCommand(String... arguments) {
    return etcdctlFor(
        IntStream.range(0, options.servers())
            .mapToObj(this::clientUrl)
            .collect(Collectors.joining(",")),
        arguments);
  }

  private List<String> etcdctlFor(String endpoints, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(
        binary
            .etcdctl()
            .orElseThrow(() -> new EtcdNotFoundException("no etcdctl: install etcd-client"))
            .toString());
    command.add("--endpoints=" + endpoints);
    options
        .tls()
        .ifPresent(
            tls -> {
              command.add("--cacert=" + tls.authorities());
              command.add("--cert=" + tls.certificate().chain());
              command.add("--key=" + tls.certificate().key());
            });
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * Runs etcdctl to its end.
   *
   * @return what it printed
   * @throws IllegalStateException if it fails or takes longer than a minute
   */
  public String etcdctl(String... arguments) {
    return run(etcdctlCommand(arguments));
  }

  private String run(List<String> command) {
    try {
      return Command.run(folder, System.nanoTime() + COMMAND_BOUND.toNanos(), command);
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for etcdctl", e);
    }
  }

  @Override
  public Path dataFolder(int i) {
    return folder.resolve(name(i));
  }

  @Override
  public long diskUsed() {
    return new TemporaryFolder(folder).size();
  }

  /** Makes a snapshot of the whole store. Needs {@link #hasEtcdctl}. */
  @Override
  public EtcdSnapshot backUp() {
    Path file = folder.resolve("snapshot-" + System.nanoTime());
    run(etcdctlFor(clientUrl(0), "snapshot", "save", file.toString()));
    return new EtcdSnapshot(this, file);
  }

  /** Ends all servers and starts them with the data of a snapshot. */
  void restore(Path snapshot) {
    servers.forEach(ServerProcess::kill);
    for (int i = 0; i < options.servers(); i++) {
      new TemporaryFolder(dataFolder(i)).close();
      List<String> command = etcdctlFor(clientUrl(i), "snapshot", "restore", snapshot.toString());
      command.addAll(identity(i));
      run(command);
      servers.set(i, launch(i));
    }
    awaitServing();
  }

  /** Ends all servers and deletes their data. Idempotent. */
  @Override
  public void close() {
    servers.forEach(ServerProcess::kill);
    if (Files.exists(folder)) {
      new TemporaryFolder(folder).close();
    }
  }

  /** Another program was faster. */
  private static final class PortTakenException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    PortTakenException(String log) {
      super("a port was taken:\n" + log);
    }
  }
}
