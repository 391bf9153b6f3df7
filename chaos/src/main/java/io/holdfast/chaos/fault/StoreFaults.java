package io.holdfast.chaos.fault;

import io.holdfast.admin.Generations;
import io.holdfast.chaos.fault.Fault.Lasts;
import io.holdfast.chaos.fault.Fault.Leaves;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Generation;
import io.holdfast.testkit.network.Link;
import io.holdfast.testkit.network.Link.Direction;
import io.holdfast.testkit.process.Backup;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens to the data of a store, by its operators or by itself. */
final class StoreFaults {

  private static final Logger LOG = LoggerFactory.getLogger(StoreFaults.class);

  /**
   * How long clients go on after a backup at least, and how much they write: the store forgets it.
   * With too little of it no token would be given out again.
   */
  private static final Duration FORGOTTEN = Duration.ofSeconds(2);

  private static final long FORGOTTEN_WRITES = 400;
  private static final Duration LONGEST_FORGOTTEN = Duration.ofSeconds(60);

  private static final int RESTORES = 4;
  private static final Duration LEADER_KNOWN = Duration.ofSeconds(30);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  private StoreFaults() {}

  static List<Fault> all() {
    return List.of(
        tidy("compaction", Capability.COMPACT),
        tidy("containers-reaped", Capability.REAP_CONTAINERS),
        new Fault(
            "disk-full",
            Set.of(Capability.FILL_DISKS),
            Leaves.A_QUORUM,
            Lasts.BEYOND_A_SESSION,
            target -> target.cluster().fillDisk(target.follower())),
        restore("restored-generation-raised", StoreFaults::raiseGeneration));
  }

  /** A restore after which nobody raises the generation: tokens are given out again. */
  static Fault restoreWithoutRaise() {
    return restore("restored-generation-kept", target -> {});
  }

  private static Fault tidy(String name, Capability capability) {
    return new Fault(
        name,
        Set.of(capability),
        Leaves.A_QUORUM,
        Lasts.BEYOND_A_SESSION,
        target -> {
          StoreAdmin storeAdmin = target.cluster().storeAdmin();
          RepeatingTask tidying =
              new RepeatingTask(name, () -> storeAdmin.tidy(target.namespace()));
          return new ActiveFault("again and again", () -> tidying.done() > 0, tidying::close);
        });
  }

  private interface Step {
    void with(Target target);
  }

  /**
   * The whole store is set back while no client reaches it.
   *
   * <pre>
   *   backup     a new leader     clients cut off     restore, {@code after}     clients back
   *   --|--------------|-------- tokens ------|----------------|----------------------|-----
   *     |<------------- forgotten by the store --------------->|
   * </pre>
   *
   * <p>The new leader is there for ZooKeeper, whose order goes on above everything that was written
   * under the leader of the backup; two leaders later it repeats itself.
   */
  private static Fault restore(String name, Step after) {
    return new Fault(
        name,
        Set.of(Capability.RESTORE, Capability.CUT_CLIENTS, Capability.KILL_SERVERS),
        Leaves.NOTHING,
        Lasts.BEYOND_A_SESSION,
        target -> {
          Cluster cluster = target.cluster();
          awaitLeader(cluster);
          Backup backup = cluster.backUp();
          int leader = target.leader();
          cluster.kill(leader);
          cluster.start(leader);
          cluster.awaitServing();
          awaitWrites(cluster.storeAdmin());
          List<Link> links =
              target.clients().stream()
                  .flatMap(client -> cluster.links(client.name()).stream())
                  .toList();
          links.forEach(link -> Set.of(Direction.values()).forEach(link::cut));
          long before = cluster.storeAdmin().position();
          long now = setBack(cluster, backup, before);
          LOG.info("the store was at {} and is at {}", before, now);
          after.with(target);
          return new ActiveFault(
              "set back from %d to %d".formatted(before, now),
              () -> now < before,
              () -> links.forEach(Link::heal));
        });
  }

  private static void awaitWrites(StoreAdmin storeAdmin) {
    long end = System.nanoTime() + LONGEST_FORGOTTEN.toNanos();
    long from = storeAdmin.position();
    LockSupport.parkNanos(FORGOTTEN.toNanos());
    while (storeAdmin.position() - from < FORGOTTEN_WRITES && System.nanoTime() < end) {
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
  }

  /**
   * Restores the store until it is behind where it was. On a busy machine ZooKeeper's servers may
   * need more than one election to come up, and each raises the order.
   */
  private static long setBack(Cluster cluster, Backup backup, long before) {
    long now = before;
    for (int tries = 0; tries < RESTORES && now >= before; tries++) {
      backup.restore();
      now = cluster.storeAdmin().position();
    }
    return now;
  }

  /** A busy server may not say at once that it leads. */
  private static void awaitLeader(Cluster cluster) {
    long end = System.nanoTime() + LEADER_KNOWN.toNanos();
    while (cluster.leader().isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
  }

  private static void raiseGeneration(Target target) {
    try (Coordinator operator = Coordinator.connect(target.cluster().uri(target.namespace()))) {
      Generations generations = new Generations(operator);
      Generation current = generations.current().join();
      generations
          .raise(current, new Generation(current.number() + 1), "restored from a backup")
          .join();
    }
  }
}
