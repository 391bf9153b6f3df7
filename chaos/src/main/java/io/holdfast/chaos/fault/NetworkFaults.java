package io.holdfast.chaos.fault;

import io.holdfast.chaos.fault.Fault.Lasts;
import io.holdfast.chaos.fault.Fault.Leaves;
import io.holdfast.testkit.network.Link;
import io.holdfast.testkit.network.Link.Direction;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What servers say to each other does not arrive; clients still reach every one of them. */
final class NetworkFaults {

  private static final int LOST_PERCENT = 20;
  private static final Set<Direction> BOTH_WAYS = Set.of(Direction.values());

  private NetworkFaults() {}

  static List<Fault> all() {
    return List.of(
        alone("partition-leader", Target::leader, BOTH_WAYS),
        alone("partition-follower", Target::follower, BOTH_WAYS),
        alone("partition-leader-unheard", Target::leader, Set.of(Direction.REQUESTS)),
        alone("partition-leader-deaf", Target::leader, Set.of(Direction.REPLIES)),
        partition("partition-bridge", Leaves.A_QUORUM, BOTH_WAYS, NetworkFaults::bridge),
        partition(
            "partition-ring", Leaves.NOTHING, Set.of(Direction.REQUESTS), NetworkFaults::ring),
        partition("partition-all", Leaves.NOTHING, BOTH_WAYS, NetworkFaults::ring),
        losePackets());
  }

  /** One server apart from all others. */
  private static Fault alone(String name, ToIntFunction<Target> choice, Set<Direction> directions) {
    return partition(
        name, Leaves.A_QUORUM, directions, target -> peers(target, choice.applyAsInt(target)));
  }

  private static Fault partition(
      String name, Leaves leaves, Set<Direction> ways, Function<Target, List<Link>> choice) {
    return new Fault(
        name,
        Set.of(Capability.CUT_SERVERS),
        leaves,
        Lasts.BEYOND_A_SESSION,
        target -> {
          List<Link> links = choice.apply(target);
          links.forEach(link -> ways.forEach(link::cut));
          return ActiveFault.of(links, "cut " + links + ": " + ways);
        });
  }

  private static List<Link> peers(Target target, int server) {
    return IntStream.range(0, target.cluster().size())
        .filter(other -> other != server)
        .mapToObj(other -> target.cluster().between(server, other))
        .toList();
  }

  /** The leader and one other cannot hear each other; the third hears both. */
  private static List<Link> bridge(Target target) {
    return Stream.of(target.leader()).map(leader -> peers(target, leader).get(0)).toList();
  }

  /** Each server and the next: cut one way, nobody is heard by the next; both ways, by none. */
  private static List<Link> ring(Target target) {
    int size = target.cluster().size();
    return IntStream.range(0, size)
        .mapToObj(server -> target.cluster().between(server, (server + 1) % size))
        .toList();
  }

  /**
   * A quorum has its connections all the time, but what is sent again and again waits longer each
   * time: seconds, at this rate, and beyond the end of the fault.
   */
  private static Fault losePackets() {
    return new Fault(
        "packet-loss",
        Set.of(Capability.LOSE_PACKETS),
        Leaves.NOTHING,
        Lasts.BEYOND_A_SESSION,
        target -> {
          List<Link> links = peers(target, target.leader());
          links.forEach(link -> link.lose(LOST_PERCENT));
          return ActiveFault.of(links, "lost " + LOST_PERCENT + " % of the leader's packets");
        });
  }
}
