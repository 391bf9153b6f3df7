package io.holdfast.payment.cluster;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.OutlierDetection;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.payment.http.Owners;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The payment nodes as the registry shows them, chosen by least request. Thread-safe.
 *
 * <p>A node says in its metadata, under {@value #SHARDS}, which shards it owns: numbers with commas
 * between them. Nodes that are not UP are not chosen: one that is draining has closed its gates.
 */
public final class PaymentDirectory {

  /** What payment nodes are registered as. */
  public static final String SERVICE = "payment";

  /** Under what a node says which shards it owns. */
  public static final String SHARDS = "shards";

  /** Under what a node says which of the ledger's databases it reaches. */
  public static final String DATABASES = "databases";

  /**
   * Ejects a node that fails some requests in a row, for a moment only: one that has died, and so
   * never has a request in flight, would be chosen most of all until the registry notices.
   */
  private static final OutlierDetection EJECTION =
      OutlierDetection.standard()
          .withMaxEjectedPercent(34)
          .withEjection(Duration.ofSeconds(2), Duration.ofSeconds(10));

  private final ServiceView view;
  private final LoadBalancer nodes;

  /** Over a view of {@link #SERVICE}, which stays the caller's. */
  public PaymentDirectory(ServiceView view) {
    this.view = view;
    this.nodes = new LoadBalancer(view, Policy.leastRequest().withOutlierDetection(EJECTION));
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

  /**
   * How many shards no node says it owns. A node that has died says so until the cluster notices;
   * one that is only held says nothing.
   *
   * @param shards how many there are
   */
  public static int unowned(ServiceSnapshot snapshot, int shards) {
    Set<Integer> owned =
        snapshot.instances().stream()
            .filter(node -> !node.isHeld())
            .flatMap(node -> shardsOf(node.instance()).stream())
            .collect(Collectors.toSet());
    return (int) IntStream.range(0, shards).filter(shard -> !owned.contains(shard)).count();
  }

  /**
   * What a node should go for: what is planned for it and, as long as any shard has no owner, what
   * it serves. To give up a shard takes until its requests have ended, and those that wait for one
   * without an owner do not; so a death moves the shards of the dead first, and others after that.
   *
   * @param planned for the node, by all members
   * @param served by it, of databases that it reaches
   * @param shards how many there are
   */
  public static SortedSet<Integer> wanted(
      Set<Integer> planned, Set<Integer> served, ServiceSnapshot snapshot, int shards) {
    SortedSet<Integer> wanted = new TreeSet<>(planned);
    if (unowned(snapshot, shards) > 0) {
      wanted.addAll(served);
    }
    return wanted;
  }

  /**
   * Finds owners among the nodes other than one. None of them is ejected: a shard has one owner.
   *
   * @param self who asks
   * @param shards how many there are
   */
  public Owners ownersApartFrom(String self, int shards) {
    LoadBalancer all = new LoadBalancer(view, Policy.leastRequest());
    List<LoadBalancer> byShard =
        IntStream.range(0, shards)
            .mapToObj(
                shard ->
                    all.where(node -> !node.id().equals(self) && shardsOf(node).contains(shard)))
            .toList();
    return new Owners() {
      @Override
      public LoadBalancer ofShard(int shard) {
        return byShard.get(shard);
      }

      @Override
      public void onChange(Runnable listener) {
        view.onChange(change -> listener.run());
      }
    };
  }

  /**
   * Over whom shards are planned: all that are UP, but not those that are only held, for a plan
   * with the dead leaves their shards to nobody, and one without the living only waits for their
   * locks. A node knows of itself that it is there, unless it is shown to be anything but UP.
   *
   * @param self who plans
   */
  public static SortedSet<String> members(ServiceSnapshot snapshot, String self) {
    SortedSet<String> members =
        snapshot.up().stream()
            .filter(node -> !node.isHeld())
            .map(RegisteredInstance::id)
            .collect(Collectors.toCollection(TreeSet::new));
    if (snapshot.find(self).map(RegisteredInstance::instance).stream()
        .allMatch(node -> node.status() == InstanceStatus.UP)) {
      members.add(self);
    }
    return members;
  }

  /**
   * Those of the members that reach a database of the ledger. If none of them does, all of them:
   * its shards have owners then that can serve them as soon as it is back.
   */
  public static SortedSet<String> reaching(
      String database, SortedSet<String> members, ServiceSnapshot snapshot) {
    SortedSet<String> reaching =
        members.stream()
            .filter(
                id ->
                    snapshot.find(id).map(RegisteredInstance::instance).stream()
                        .allMatch(node -> reaches(node, database)))
            .collect(Collectors.toCollection(TreeSet::new));
    return reaching.isEmpty() ? members : reaching;
  }

  private static boolean reaches(ServiceInstance node, String database) {
    return node.metadata(DATABASES)
        .map(names -> Arrays.asList(names.split(",", -1)).contains(database))
        .orElse(true);
  }

  /**
   * Over the same nodes, the one that says that it owns a shard first. The others are for when it
   * cannot be reached, or nobody says so. A wrong guess costs a forward, as no guess does.
   */
  public static LoadBalancer ownerFirst(LoadBalancer nodes, int shard) {
    return nodes.preferring(node -> shardsOf(node).contains(shard));
  }

  /** Over all nodes that take new requests. */
  public LoadBalancer nodes() {
    return nodes;
  }
}
