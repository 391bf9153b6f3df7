package io.holdfast.chaos.fault;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * What a fault may hit.
 *
 * @param cluster the servers
 * @param namespace where the clients are at work
 * @param clients all clients
 * @param holder a client that holds a lock now, or any if none seems to
 * @param random what chooses; from the plan's seed
 */
public record Target(
    Cluster cluster,
    String namespace,
    List<Client> clients,
    Supplier<Client> holder,
    Random random) {

  /** Some server that does not lead, as far as is known. */
  int follower() {
    int leader = leader();
    int other = random.nextInt(cluster.size() - 1);
    return other >= leader ? other + 1 : other;
  }

  /** The server that leads, or the first if none says so. */
  int leader() {
    return cluster.leader().orElse(0);
  }
}
