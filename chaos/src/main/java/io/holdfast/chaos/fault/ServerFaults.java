package io.holdfast.chaos.fault;

import io.holdfast.chaos.fault.Fault.Lasts;
import io.holdfast.chaos.fault.Fault.Leaves;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/** Servers that die, freeze, or are gone from the network. */
final class ServerFaults {

  private ServerFaults() {}

  static List<Fault> all() {
    return List.of(
        kill("kill-follower", Target::follower),
        kill("kill-leader", Target::leader),
        killMany("kill-majority", 2),
        killMany("kill-all", Integer.MAX_VALUE),
        pause("pause-follower", Target::follower),
        pause("pause-leader", Target::leader),
        unplugLeader(),
        rollingRestart());
  }

  private static Fault kill(String name, ToIntFunction<Target> choice) {
    return new Fault(
        name,
        Set.of(Capability.KILL_SERVERS),
        Leaves.A_QUORUM,
        Lasts.BRIEFLY,
        target -> killed(target.cluster(), List.of(choice.applyAsInt(target))));
  }

  /** The leader and others up to {@code most}. */
  private static Fault killMany(String name, int most) {
    return new Fault(
        name,
        Set.of(Capability.KILL_SERVERS),
        Leaves.NOTHING,
        Lasts.BRIEFLY,
        target -> {
          int leader = target.leader();
          int size = target.cluster().size();
          List<Integer> doomed =
              IntStream.range(0, size).mapToObj(i -> (leader + i) % size).limit(most).toList();
          return killed(target.cluster(), doomed);
        });
  }

  private static ActiveFault killed(Cluster cluster, List<Integer> servers) {
    servers.forEach(cluster::kill);
    return new ActiveFault(
        "killed servers " + servers,
        () -> servers.stream().noneMatch(cluster::serves),
        () -> servers.forEach(cluster::start));
  }

  private static Fault pause(String name, ToIntFunction<Target> choice) {
    return new Fault(
        name,
        Set.of(Capability.PAUSE_SERVERS),
        Leaves.A_QUORUM,
        Lasts.BEYOND_A_SESSION,
        target -> {
          Cluster cluster = target.cluster();
          int server = choice.applyAsInt(target);
          ServerResume awakening = new ServerResume(target, server);
          cluster.pause(server);
          return new ActiveFault(
              "paused server " + server,
              () -> !cluster.serves(server),
              awakening::wake,
              awakening::taken);
        });
  }

  private static Fault unplugLeader() {
    return new Fault(
        "unplug-leader",
        Set.of(Capability.UNPLUG_SERVERS),
        Leaves.A_QUORUM,
        Lasts.BEYOND_A_SESSION,
        target -> {
          Cluster cluster = target.cluster();
          int leader = target.leader();
          cluster.unplug(leader);
          return new ActiveFault(
              "unplugged server " + leader,
              () -> !cluster.serves(leader),
              () -> cluster.plug(leader));
        });
  }

  /** One after the other, each serving again before the next goes. */
  private static Fault rollingRestart() {
    return new Fault(
        "rolling-restart",
        Set.of(Capability.KILL_SERVERS),
        Leaves.A_QUORUM,
        Lasts.BRIEFLY,
        target -> {
          Cluster cluster = target.cluster();
          boolean bit = true;
          for (int server = 0; server < cluster.size(); server++) {
            cluster.kill(server);
            bit &= !cluster.serves(server);
            cluster.start(server);
            cluster.awaitServing();
          }
          boolean allBit = bit;
          return new ActiveFault("restarted every server", () -> allBit, () -> {});
        });
  }
}
