package io.holdfast.payment;

import io.holdfast.coordination.ClusterUri;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import io.holdfast.payment.trace.TraceConfig;
import io.holdfast.payment.webhook.WebhookTargets;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What a node needs to know.
 *
 * @param cluster the coordination cluster, as in {@link ClusterUri}
 * @param databases the ledger's, by their names in it; the same at every node
 * @param id the node's name, unique among those running; as the registry allows
 * @param address where it listens, and how others reach it
 * @param map how many shards the ledger has, the same at every node
 * @param sessionTimeout how long the cluster keeps what a silent node holds
 * @param forwardBudget how long a request may look for the owner of its shard
 * @param security who may reach it, and who it is to the cluster
 * @param acquirer where card charges are asked for; empty if there are no top-ups
 * @param webhooks where events may be sent; other than PUBLIC for tests and the demo only
 * @param traces where traces go; empty if nowhere
 * @param answersKept how long answers are kept, see {@link
 *     io.holdfast.payment.ledger.LedgerConfig#answersKept}; empty for ever
 */
public record NodeConfig(
    String cluster,
    SortedMap<String, DatabaseConfig> databases,
    String id,
    Advertised address,
    ShardMap map,
    Duration sessionTimeout,
    Duration forwardBudget,
    NodeSecurity security,
    Optional<AcquirerConfig> acquirer,
    WebhookTargets webhooks,
    Optional<TraceConfig> traces,
    Optional<Duration> answersKept) {

  /** What a ledger's only database is called. */
  public static final String ONLY_DATABASE = "main";

  public NodeConfig {
    ClusterUri.parse(cluster);
    databases = Collections.unmodifiableSortedMap(new TreeMap<>(databases));
    if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw new IllegalArgumentException(
          "a node id is 1 to 64 letters, digits, '.', '-' or '_', a letter or digit first");
    }
    if (sessionTimeout.isNegative() || sessionTimeout.isZero()) {
      throw new IllegalArgumentException("the session time-out must be positive");
    }
  }

  /**
   * With 256 shards, a session time-out of 10 s, 8 s to find an owner, on any port of 127.0.0.1,
   * for callers that are known, without TLS or top-ups, with webhooks to public addresses.
   */
  public static NodeConfig of(String cluster, Map<String, DatabaseConfig> databases, String id) {
    return new NodeConfig(
        cluster,
        new TreeMap<>(databases),
        id,
        Advertised.of("127.0.0.1", Optional.empty()),
        new ShardMap(ShardMap.DEFAULT_SHARDS),
        Duration.ofSeconds(10),
        Duration.ofSeconds(8),
        NodeSecurity.plain(),
        Optional.empty(),
        WebhookTargets.PUBLIC,
        Optional.empty(),
        Optional.empty());
  }

  /** With one database. */
  public static NodeConfig of(String cluster, DatabaseConfig database, String id) {
    return of(cluster, Map.of(ONLY_DATABASE, database), id);
  }

  /** Somewhere else. */
  public NodeConfig withAddress(Advertised other) {
    return with(copy -> copy.address = other);
  }

  /** With another number of shards. */
  public NodeConfig withShards(int shards) {
    return with(copy -> copy.map = new ShardMap(shards));
  }

  /** With another session time-out. */
  public NodeConfig withSessionTimeout(Duration other) {
    return with(copy -> copy.sessionTimeout = other);
  }

  /** For these callers, by these means. */
  public NodeConfig withSecurity(NodeSecurity other) {
    return with(copy -> copy.security = other);
  }

  /** With top-ups by this acquirer. */
  public NodeConfig withAcquirer(AcquirerConfig other) {
    return with(copy -> copy.acquirer = Optional.of(other));
  }

  /** With events that may be sent there. */
  public NodeConfig withWebhooks(WebhookTargets other) {
    return with(copy -> copy.webhooks = other);
  }

  /** With traces that go there. */
  public NodeConfig withTraces(TraceConfig other) {
    return with(copy -> copy.traces = Optional.of(other));
  }

  /** With answers that are pruned when they are so old, a day at least. */
  public NodeConfig withAnswersKept(Duration kept) {
    return with(copy -> copy.answersKept = Optional.of(kept));
  }

  private NodeConfig with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.done();
  }

  /** What can be changed, while it is. */
  private static final class Copy {
    private final NodeConfig from;
    private Advertised address;
    private ShardMap map;
    private Duration sessionTimeout;
    private NodeSecurity security;
    private Optional<AcquirerConfig> acquirer;
    private WebhookTargets webhooks;
    private Optional<TraceConfig> traces;
    private Optional<Duration> answersKept;

    Copy(NodeConfig from) {
      this.from = from;
      this.address = from.address;
      this.map = from.map;
      this.sessionTimeout = from.sessionTimeout;
      this.security = from.security;
      this.acquirer = from.acquirer;
      this.webhooks = from.webhooks;
      this.traces = from.traces;
      this.answersKept = from.answersKept;
    }

    NodeConfig done() {
      return new NodeConfig(
          from.cluster,
          from.databases,
          from.id,
          address,
          map,
          sessionTimeout,
          from.forwardBudget,
          security,
          acquirer,
          webhooks,
          traces,
          answersKept);
    }
  }
}
