package io.holdfast.benchmarks.locks;

import io.holdfast.benchmarks.measure.Result;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.process.ServerGroup;
import io.holdfast.testkit.zookeeper.FourLetterWords;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many sessions of one process whose leader is killed.
 *
 * <p>Each has a client of its own, as if it were a process, and a lock that nobody else wants. All
 * have used it once before; from the kill on each tries to acquire and release it, again and again,
 * until that succeeds. ZooKeeper's servers close all connections where there is no leader; on etcd
 * a third of the clients lose theirs, and the others are not served for a while.
 *
 * <p>Requests are counted by the servers that are left, from the kill until the last has succeeded.
 * Renewals of leases are among them, and ours, with sessions of ten seconds, makes more of them
 * than jetcd with leases of a minute.
 *
 * @param sessions how many there were
 * @param served how many succeeded within {@code PATIENCE}
 * @param first seconds from the kill until the first had succeeded: the election of a leader
 * @param last seconds until all had, or {@code PATIENCE}
 * @param requests of all together
 */
record Herd(int sessions, int served, double first, double last, long requests) {

  private static final Logger LOG = LoggerFactory.getLogger(Herd.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int SERVERS = 3;
  private static final int CLOSERS = 16;
  private static final long PAUSE_MS = 50;

  /**
   * Servers that can be asked what they have had to do.
   *
   * @param before what to take from {@code after}
   */
  record Counted(ServerGroup servers, IntToLongFunction before, IntToLongFunction after) {

    /** A server of ZooKeeper counts from zero again when it follows another leader. */
    static Counted zooKeeper(ZooKeeperCluster servers) {
      return new Counted(
          servers, i -> 0, i -> FourLetterWords.received("127.0.0.1", servers.port(i)));
    }

    static Counted etcd(EtcdCluster servers) {
      return new Counted(servers, servers::received, servers::received);
    }
  }

  /** Our clients and Curator's, on servers of their own. */
  static List<Result> onZooKeeper(int sessions) throws Exception {
    try (ZooKeeperCluster servers = ZooKeeperCluster.start(SERVERS)) {
      return compare(
          "zookeeper", "Curator", Contestant.Side.CURATOR, sessions, Counted.zooKeeper(servers));
    }
  }

  /** Our clients and jetcd's, on servers of their own that flush every write. */
  static List<Result> onEtcd(int sessions) throws Exception {
    EtcdCluster.Options durable =
        EtcdCluster.Options.forTests(SERVERS).withDurability(EtcdCluster.Durability.FSYNC);
    try (EtcdCluster servers = EtcdCluster.start(durable)) {
      return compare("etcd", "jetcd", Contestant.Side.JETCD, sessions, Counted.etcd(servers));
    }
  }

  private static List<Result> compare(
      String backend, String peerName, Contestant.Side peer, int sessions, Counted counted)
      throws Exception {
    String address = String.join(",", counted.servers().endpoints());
    Herd theirs = measure(peer, address, sessions, counted);
    Herd ours =
        measure(Contestant.Side.HOLDFAST, backend + "://" + address + "/bench", sessions, counted);
    String name = sessions + " sessions lose the leader, ";
    return List.of(
        row(name + "until one serves", backend, peerName, ours.first, theirs.first, "s"),
        row(
            name + "until all serve" + ours.but("us") + theirs.but(peerName),
            backend,
            peerName,
            ours.last,
            theirs.last,
            "s"),
        row(
            name + "requests",
            backend,
            peerName,
            (double) ours.requests,
            (double) theirs.requests,
            ""));
  }

  private String but(String whose) {
    return served == sessions ? "" : " (of " + whose + " " + served + " did)";
  }

  private static Result row(
      String name, String backend, String peer, double ours, double theirs, String unit) {
    return new Result(name, backend, peer, ours, theirs, unit, theirs / ours, 0);
  }

  /** Kills the server that leads, and starts it again in the end. */
  private static Herd measure(Contestant.Side side, String address, int sessions, Counted counted)
      throws Exception {
    ServerGroup servers = counted.servers();
    ExecutorService threads = Executors.newFixedThreadPool(sessions);
    List<Contestant> clients = new ArrayList<>();
    try {
      List<Contestant.Mutex> mutexes = new ArrayList<>();
      for (int i = 0; i < sessions; i++) {
        Contestant client = side.connect(address);
        clients.add(client);
        mutexes.add(client.mutex(List.of("herd" + i)));
      }
      if (cycleAll(threads, mutexes).size() < sessions) {
        throw new IllegalStateException("not all could be served before anything happened");
      }
      int leader = servers.leader().orElseThrow();
      int[] left = IntStream.range(0, SERVERS).filter(i -> i != leader).toArray();
      long before = IntStream.of(left).mapToLong(counted.before()).sum();
      servers.kill(leader);
      long start = System.nanoTime();
      List<Long> served = cycleAll(threads, mutexes);
      long requests = IntStream.of(left).mapToLong(counted.after()).sum() - before;
      servers.startAgain(leader);
      servers.awaitServing();
      return of(
          sessions, served.stream().map(at -> (at - start) / 1e9).sorted().toList(), requests);
    } finally {
      threads.shutdownNow();
      closeAll(clients);
    }
  }

  private static Herd of(int sessions, List<Double> seconds, long requests) {
    double most = PATIENCE.toMillis() / 1e3;
    boolean all = seconds.size() == sessions;
    return new Herd(
        sessions,
        seconds.size(),
        seconds.isEmpty() ? most : seconds.get(0),
        all ? seconds.get(sessions - 1) : most,
        requests);
  }

  /** When each was done, of those that were before the time was up; the others are interrupted. */
  private static List<Long> cycleAll(ExecutorService threads, List<Contestant.Mutex> mutexes)
      throws InterruptedException {
    List<Callable<Long>> cycles = new ArrayList<>();
    mutexes.forEach(mutex -> cycles.add(() -> cycle(mutex)));
    List<Long> times = new ArrayList<>();
    for (Future<Long> cycle : threads.invokeAll(cycles, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      try {
        times.add(cycle.get());
      } catch (CancellationException | ExecutionException e) {
        LOG.debug("one was not served", e);
      }
    }
    return times;
  }

  private static long cycle(Contestant.Mutex mutex) throws InterruptedException {
    while (true) {
      try {
        mutex.cycle();
        return System.nanoTime();
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        LOG.debug("trying again", e);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
      }
    }
  }

  private static void closeAll(List<Contestant> clients) throws InterruptedException {
    ExecutorService closers = Executors.newFixedThreadPool(CLOSERS);
    clients.forEach(client -> closers.execute(client::close));
    closers.shutdown();
    if (!closers.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      closers.shutdownNow();
    }
  }
}
