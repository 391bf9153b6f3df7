package io.holdfast.testkit.fault;

import io.holdfast.testkit.fault.Fault.Leaves;
import io.holdfast.testkit.fault.Link.Direction;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/** The faults there are. Each says for itself what it is. */
public final class Faults {

  private static final Duration DELAY = Duration.ofMillis(150);

  private static final int LOST_PERCENT = 20;

  private Faults() {}

  /** All of them. */
  public static List<Fault> all() {
    return List.of(
        kill("kill-follower", Target::follower),
        kill("kill-leader", Target::leader),
        killMany("kill-majority", 2),
        killMany("kill-all", Integer.MAX_VALUE),
        pause("pause-follower", Target::follower),
        pause("pause-leader", Target::leader),
        unplugLeader(),
        rollingRestart(),
        killClient(),
        pauseClient(),
        cutClient("client-cut-off", Set.of(Direction.REQUESTS, Direction.REPLIES)),
        cutClient("client-unheard", Set.of(Direction.REQUESTS)),
        cutClient("client-deaf", Set.of(Direction.REPLIES)),
        delayClient(),
        resetClient(),
        partition("partition-leader", Target::leader, Set.of(Direction.values())),
        partition("partition-follower", Target::follower, Set.of(Direction.values())),
        partition("partition-leader-unheard", Target::leader, Set.of(Direction.REQUESTS)),
        partition("partition-leader-deaf", Target::leader, Set.of(Direction.REPLIES)),
        bridge(),
        losePackets());
  }

  private static Fault kill(String name, ToIntFunction<Target> choice) {
    return new Fault(
        name,
        Set.of(Ability.KILL_SERVERS),
        Leaves.A_QUORUM,
        target -> killServers(target, List.of(choice.applyAsInt(target))));
  }

  /** The leader and others up to {@code most}. */
  private static Fault killMany(String name, int most) {
    return new Fault(
        name,
        Set.of(Ability.KILL_SERVERS),
        Leaves.NOTHING,
        target -> {
          int leader = target.leader();
          List<Integer> doomed =
              IntStream.range(0, target.cluster().size())
                  .mapToObj(i -> (leader + i) % target.cluster().size())
                  .limit(most)
                  .toList();
          return killServers(target, doomed);
        });
  }

  private static Wound killServers(Target target, List<Integer> servers) {
    Cluster cluster = target.cluster();
    servers.forEach(cluster::kill);
    return new Wound(
        "killed servers " + servers,
        () -> servers.stream().noneMatch(cluster::serves),
        () -> servers.forEach(cluster::start));
  }

  private static Fault pause(String name, ToIntFunction<Target> choice) {
    return new Fault(
        name,
        Set.of(Ability.PAUSE_SERVERS),
        Leaves.A_QUORUM,
        target -> {
          Cluster cluster = target.cluster();
          int server = choice.applyAsInt(target);
          cluster.pause(server);
          return new Wound(
              "paused server " + server,
              () -> !cluster.serves(server),
              () -> cluster.resume(server));
        });
  }

  private static Fault unplugLeader() {
    return new Fault(
        "unplug-leader",
        Set.of(Ability.UNPLUG_SERVERS),
        Leaves.A_QUORUM,
        target -> {
          Cluster cluster = target.cluster();
          int leader = target.leader();
          cluster.unplug(leader);
          return new Wound(
              "unplugged server " + leader,
              () -> !cluster.serves(leader),
              () -> cluster.plug(leader));
        });
  }

  /** One after the other, each serving again before the next goes. */
  private static Fault rollingRestart() {
    return new Fault(
        "rolling-restart",
        Set.of(Ability.KILL_SERVERS),
        Leaves.A_QUORUM,
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
          return new Wound("restarted every server", () -> allBit, () -> {});
        });
  }

  private static Fault killClient() {
    return new Fault(
        "client-killed",
        Set.of(),
        Leaves.A_QUORUM,
        target -> {
          Client client = target.holder().get();
          client.kill();
          return new Wound("killed " + client.name(), () -> !client.isAlive(), client::start);
        });
  }

  private static Fault pauseClient() {
    return new Fault(
        "client-paused",
        Set.of(),
        Leaves.A_QUORUM,
        target -> {
          Client client = target.holder().get();
          client.pause();
          return new Wound("paused " + client.name(), client::isPaused, client::resume);
        });
  }

  private static Fault cutClient(String name, Set<Direction> directions) {
    return new Fault(
        name,
        Set.of(Ability.CUT_CLIENTS),
        Leaves.A_QUORUM,
        target -> {
          Client client = target.holder().get();
          List<Link> links = target.cluster().links(client.name());
          links.forEach(link -> directions.forEach(link::cut));
          return hurtLinks("cut " + client.name() + " off: " + directions, links);
        });
  }

  private static Fault delayClient() {
    return new Fault(
        "client-delayed",
        Set.of(Ability.DELAY_CLIENTS),
        Leaves.A_QUORUM,
        target -> {
          Client client = target.holder().get();
          List<Link> links = target.cluster().links(client.name());
          links.forEach(link -> link.delay(DELAY));
          return hurtLinks("delayed " + client.name() + " by " + DELAY + " each way", links);
        });
  }

  private static Wound hurtLinks(String what, List<Link> links) {
    return new Wound(
        what,
        () -> links.stream().anyMatch(link -> link.hurt() > 0),
        () -> links.forEach(Link::heal));
  }

  private static Fault resetClient() {
    return new Fault(
        "client-reset",
        Set.of(Ability.RESET_CLIENTS),
        Leaves.A_QUORUM,
        target -> {
          Client client = target.holder().get();
          List<Link> links = target.cluster().links(client.name());
          links.forEach(Link::reset);
          return new Wound(
              "reset the connections of " + client.name(),
              () -> links.stream().anyMatch(link -> link.broken() > 0),
              () -> links.forEach(Link::heal));
        });
  }

  /** One server apart from all others; clients still reach both sides. */
  private static Fault partition(
      String name, ToIntFunction<Target> choice, Set<Direction> directions) {
    return new Fault(
        name,
        Set.of(Ability.CUT_SERVERS),
        Leaves.A_QUORUM,
        target -> {
          int alone = choice.applyAsInt(target);
          List<Link> links = peers(target, alone);
          links.forEach(link -> directions.forEach(link::cut));
          return hurtLinks("cut server " + alone + " off from the others: " + directions, links);
        });
  }

  private static List<Link> peers(Target target, int server) {
    return IntStream.range(0, target.cluster().size())
        .filter(other -> other != server)
        .mapToObj(other -> target.cluster().between(server, other))
        .toList();
  }

  /** The leader and one other cannot hear each other; the third hears both. */
  private static Fault bridge() {
    return new Fault(
        "partition-bridge",
        Set.of(Ability.CUT_SERVERS),
        Leaves.A_QUORUM,
        target -> {
          int leader = target.leader();
          Link link = peers(target, leader).get(0);
          List.of(Direction.values()).forEach(link::cut);
          return hurtLinks("cut leader " + leader + " off from one other", List.of(link));
        });
  }

  private static Fault losePackets() {
    return new Fault(
        "packet-loss",
        Set.of(Ability.LOSE_PACKETS),
        Leaves.A_QUORUM,
        target -> {
          List<Link> links = peers(target, target.leader());
          links.forEach(link -> link.lose(LOST_PERCENT));
          return hurtLinks("lost " + LOST_PERCENT + " % of the leader's packets", links);
        });
  }
}
