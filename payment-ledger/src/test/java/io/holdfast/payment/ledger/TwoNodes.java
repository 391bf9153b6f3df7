package io.holdfast.payment.ledger;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.testkit.memory.MemoryCluster;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A ledger of eight shards in two databases, at two nodes: the first owns the even shards, the
 * second the odd ones. What they say to each other goes by a call, which a test may cut.
 */
public final class TwoNodes implements AutoCloseable {

  /** How many. */
  public static final int SHARDS = 8;

  /** How old answers become. */
  static final Duration ANSWERS_KEPT = Duration.ofDays(30);

  final MemoryCluster cluster = MemoryCluster.onRealTime();
  final Map<String, DatabaseConfig> databases = new HashMap<>();
  final List<Ledger> nodes = new ArrayList<>();
  private final List<Coordinator> coordinators = new ArrayList<>();
  private final Map<Integer, Ledger> ownerOf = new ConcurrentHashMap<>();
  private final Map<Integer, Fence> fences = new ConcurrentHashMap<>();
  volatile boolean cut;

  /** What a request to prepare goes through on its way to another owner. */
  volatile UnaryOperator<Supplier<CompletionStage<Optional<Refusal>>>> way =
      UnaryOperator.identity();

  /** What a question goes through that asks the owner whether its answers are committed. */
  volatile UnaryOperator<Supplier<CompletionStage<Void>>> beforeSettled = UnaryOperator.identity();

  /** That of all nodes. */
  volatile InstantSource clock = InstantSource.system();

  /** What the owner of another shard was asked to prepare last. */
  volatile String preparedLast = "";

  /** The trace that came with it. */
  volatile Optional<String> tracedLast = Optional.empty();

  /** The traces that came with what was settled last. */
  volatile List<String> settledLast = List.of();

  /** As which branch. */
  volatile String branchLast = "";

  /** So many fences were given: each token is greater than those before. */
  private long tokens;

  private final CoordinatorOptions options;

  /** In two new databases. */
  public TwoNodes() {
    this(CoordinatorOptions.defaults());
  }

  TwoNodes(CoordinatorOptions options) {
    this.options = options;
    databases.put("a", LedgerPostgres.freshDatabase());
    databases.put("b", LedgerPostgres.freshDatabase());
    for (String name : List.of("first", "second")) {
      start(name);
    }
    for (int shard = 0; shard < SHARDS; shard++) {
      take(shard, nodes.get(shard % 2));
    }
  }

  DatabaseConfig database(String name) {
    return Optional.ofNullable(databases.get(name)).orElseThrow();
  }

  Ledger start(String name) {
    Ledger ledger =
        Ledger.open(
            LedgerConfig.of(name, databases)
                .withShards(SHARDS)
                .withDeadline(Duration.ofSeconds(5))
                .withAnswersKept(ANSWERS_KEPT),
            () -> clock.instant());
    Coordinator coordinator = Coordinator.connect(cluster.client(name, options), options, name);
    coordinators.add(coordinator);
    ledger.join(coordinator, new Remote());
    nodes.add(ledger);
    return ledger;
  }

  /** A right to own a shard, greater than every one before. */
  Fence fence(int shard) {
    return new Fence(shard, FencingToken.of(new Revision(++tokens)));
  }

  /** Makes a node the owner of a shard. */
  void take(int shard, Ledger node) {
    Fence fence = fence(shard);
    node.seal(fence);
    ownerOf.put(shard, node);
    fences.put(shard, fence);
  }

  /** An account of this shard. */
  public AccountId account(int shard, String name) {
    ShardMap map = new ShardMap(SHARDS);
    for (int i = 0; ; i++) {
      AccountId id = new AccountId(name + "-" + i);
      if (map.shardOf(id) == shard) {
        return id;
      }
    }
  }

  /** Asks the owner of its shard. */
  public <R extends Record> Reply run(
      Caller caller, Operation<R> operation, R request, String key) {
    return ask(caller, operation, request, key).join();
  }

  /** The same, without waiting for it. */
  public <R extends Record> CompletableFuture<Reply> ask(
      Caller caller, Operation<R> operation, R request, String key) {
    int shard = operation.scope(request).shard(new ShardMap(SHARDS));
    return owner(shard).execute(caller, operation, request, new IdempotencyKey(key));
  }

  /** Who owns a shard. */
  public Ledger owner(int shard) {
    return Optional.ofNullable(ownerOf.get(shard)).orElseThrow();
  }

  /** An account as it stands. */
  public Account account(AccountId id) {
    return nodes.get(0).reader().account(id).orElseThrow();
  }

  /** By their names: {@code a} has the even shards, {@code b} the odd ones. */
  public Map<String, DatabaseConfig> databases() {
    return Map.copyOf(databases);
  }

  private final class Remote implements RemoteShards {
    @Override
    public CompletionStage<Optional<Refusal>> prepare(
        int shard, String branch, String body, Optional<String> trace) {
      preparedLast = body;
      tracedLast = trace;
      branchLast = branch;
      return cut
          ? CompletableFuture.failedFuture(new IllegalStateException("cut"))
          : way.apply(() -> owner(shard).prepareHere(shard, branch, body)).get();
    }

    @Override
    public CompletionStage<Void> settle(
        int shard, List<String> branches, boolean commit, List<String> traces) {
      settledLast = traces;
      return cut
          ? CompletableFuture.failedFuture(new IllegalStateException("cut"))
          : owner(shard).settleHere(shard, branches, commit);
    }

    @Override
    public CompletionStage<Void> settled(int shard) {
      return cut
          ? CompletableFuture.failedFuture(new IllegalStateException("cut"))
          : beforeSettled.apply(() -> owner(shard).settled(shard)).get();
    }
  }

  @Override
  public void close() {
    nodes.forEach(Ledger::close);
    coordinators.forEach(Coordinator::close);
    cluster.close();
  }
}
