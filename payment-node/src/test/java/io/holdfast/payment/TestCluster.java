package io.holdfast.payment;

import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.payment.cluster.PaymentDirectory;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.ledger.audit.ClientJournal;
import io.holdfast.payment.ledger.audit.Findings;
import io.holdfast.payment.scenario.wallet.WalletScenario;
import io.holdfast.payment.testing.TestPostgres;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.network.ProxyLink;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Payment nodes in this JVM, over a cluster in memory and a real PostgreSQL. */
final class TestCluster implements AutoCloseable {

  static final ShardMap MAP = new ShardMap(6);
  static final Duration LIMIT = Duration.ofSeconds(60);

  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(3));

  private final MemoryCluster memory = MemoryCluster.onRealTime();
  private final DatabaseConfig database = TestPostgres.freshDatabase().withPoolSize(10);
  private final Map<String, PaymentNode> nodes = new TreeMap<>();
  private final Coordinator observer = connect("observer");
  private final Registry registry = new Registry(observer);
  private final ServiceView view = registry.view(PaymentDirectory.SERVICE);

  /** Of their own, for what they tell of nodes that do not answer changes what a view shows. */
  private final Registry clients = new Registry(observer);

  private Coordinator connect(String client) {
    return Coordinator.connect(memory.client(client, OPTIONS), OPTIONS, "memory");
  }

  PaymentNode start(String id) throws IOException, InterruptedException {
    return start(id, NodeSecurity.insecureOpen());
  }

  /** Whose way to the database is the link. */
  PaymentNode start(String id, ProxyLink link) throws IOException, InterruptedException {
    String url = database.url().replaceFirst("//[^/]+/", "//" + link.endpoint() + "/");
    return start(
        id,
        DatabaseConfig.of(url, database.user(), database.password())
            .withPoolSize(database.poolSize()),
        NodeSecurity.insecureOpen());
  }

  /** A link to the database. */
  ProxyLink databaseLink() {
    URI address = URI.create(database.url().substring("jdbc:".length()));
    return new ProxyLink(address.getHost(), address.getPort());
  }

  PaymentNode start(String id, NodeSecurity security) throws IOException, InterruptedException {
    return start(id, database, security);
  }

  private PaymentNode start(String id, DatabaseConfig database, NodeSecurity security)
      throws IOException, InterruptedException {
    NodeConfig config =
        NodeConfig.of("memory://test/test", database, id)
            .withShards(MAP.shards())
            .withSecurity(security);
    PaymentNode node = PaymentNode.start(config, () -> connect(id));
    nodes.put(id, node);
    return node;
  }

  /** As clients see the nodes. */
  PaymentDirectory directory() {
    return new PaymentDirectory(clients.view(PaymentDirectory.SERVICE));
  }

  /** Of a client of the cluster who is no node. */
  Coordinator observer() {
    return observer;
  }

  /** The view of somebody who watches, and calls nobody. */
  ServiceView view() {
    return view;
  }

  /** From now on the node cannot reach the cluster, and does not know. */
  void cutOff(PaymentNode node) {
    memory.cut(node.id());
  }

  void reconnect(PaymentNode node) {
    memory.heal(node.id());
  }

  static List<Integer> shardsOf(PaymentNode node) {
    return node.owned().stream().map(fence -> fence.shard()).toList();
  }

  /** Waits until these nodes together own every shard, evenly, and others can see it. */
  void awaitOwned(PaymentNode... owners) {
    int share = MAP.shards() / owners.length;
    await()
        .atMost(LIMIT)
        .until(
            () ->
                List.of(owners).stream()
                    .allMatch(
                        owner ->
                            shardsOf(owner).size() == share
                                && seen(owner).equals(shardsOf(owner))));
  }

  private List<Integer> seen(PaymentNode node) {
    return view.snapshot()
        .find(node.id())
        .map(there -> List.copyOf(PaymentDirectory.shardsOf(there.instance())))
        .orElse(List.of());
  }

  /** Nodes that the cluster no longer names, but that views still show lest they be emptied. */
  List<String> held() {
    return view.snapshot().held().stream().map(RegisteredInstance::id).toList();
  }

  Findings audit(ClientJournal journal) throws Exception {
    Audit audit =
        new Audit(Map.of(NodeConfig.ONLY_DATABASE, database), new WalletScenario().audit());
    await().atMost(LIMIT).until(() -> audit.underWay() == 0);
    return audit.run(journal);
  }

  static List<Integer> allShards() {
    return IntStream.range(0, MAP.shards()).boxed().toList();
  }

  @Override
  public void close() {
    // Who is cut off would wait out what it asks of the cluster.
    nodes.keySet().forEach(memory::heal);
    nodes.values().forEach(PaymentNode::close);
    clients.close();
    registry.close();
    observer.close();
    memory.close();
  }
}
