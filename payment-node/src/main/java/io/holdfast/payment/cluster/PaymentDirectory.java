package io.holdfast.payment.cluster;

import io.holdfast.payment.http.Owners;
import io.holdfast.payment.http.Peer;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registered;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * The payment nodes as the registry shows them. A node says in its metadata, under {@value
 * #SHARDS}, which shards it owns: numbers with commas between them. Thread-safe.
 */
public final class PaymentDirectory {

  /** What payment nodes are registered as. */
  public static final String SERVICE = "payment";

  /** Under what a node says which shards it owns. */
  public static final String SHARDS = "shards";

  private final ServiceView view;

  /** Over a view of {@link #SERVICE}, which stays the caller's. */
  public PaymentDirectory(ServiceView view) {
    this.view = view;
  }

  /** The form of the metadata. */
  public static String write(Collection<Integer> shards) {
    return shards.stream().sorted().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** The shards that a node says it owns; what is no number is passed over. */
  public static SortedSet<Integer> shardsOf(ServiceInstance node) {
    return Arrays.stream(node.metadata(SHARDS).orElse("").split(",", -1))
        .filter(text -> text.matches("[0-9]{1,4}"))
        .map(Integer::valueOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Finds owners among the nodes other than this one; one that is draining still serves. */
  public Owners ownersApartFrom(String self) {
    return shard ->
        choose(
            view.snapshot()
                .where(
                    node ->
                        !node.id().equals(self)
                            && (node.status() == InstanceStatus.UP
                                || node.status() == InstanceStatus.DRAINING)
                            && shardsOf(node).contains(shard)));
  }

  /** Any node that takes new requests. */
  public Optional<Peer> any() {
    return choose(view.snapshot().up());
  }

  private static Optional<Peer> choose(List<Registered> nodes) {
    if (nodes.isEmpty()) {
      return Optional.empty();
    }
    ServiceInstance node = nodes.get(ThreadLocalRandom.current().nextInt(nodes.size())).instance();
    return node.port(ServiceInstance.HTTP).isPresent()
        ? Optional.of(new RegisteredPeer(node.host(), node.port(ServiceInstance.HTTP).getAsInt()))
        : Optional.empty();
  }

  private record RegisteredPeer(String host, int port) implements Peer {
    @Override
    public void finished(Attempt attempt) {}
  }
}
