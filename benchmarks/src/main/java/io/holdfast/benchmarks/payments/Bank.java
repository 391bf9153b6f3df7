package io.holdfast.benchmarks.payments;

import io.holdfast.benchmarks.commit.EscrowTransfers;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.ledger.LedgerConfig;
import io.holdfast.payment.ledger.Limits;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.RemoteShards;
import io.holdfast.payment.ledger.Reply;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.scenario.wallet.Transfer;
import io.holdfast.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A ledger in some databases, each on a server of its own and all of its shards owned by one node.
 * The nodes are in this JVM and call each other; how they come to own shards is not measured.
 */
final class Bank implements AutoCloseable {

  static final ShardMap MAP = new ShardMap(ShardMap.DEFAULT_SHARDS);

  private static final AtomicInteger BANKS = new AtomicInteger();
  private static final String OWNER = "bench";
  private static final Caller CALLER = Caller.of(OWNER, Role.CUSTOMER);
  private static final Transfer TRANSFER = new Transfer();
  private static final long MUCH = 1_000_000_000L;
  private static final int SEALED_AT_ONCE = 8;
  private static final String INSERT =
      "INSERT INTO account (shard, id, type, owner, currency, posted, per_payment, per_day)"
          + " SELECT ?, 'a-' || n, 'WALLET', '%s', 'EUR', %d, %d, %d FROM unnest(?) n"
              .formatted(OWNER, MUCH, Limits.NONE.perPayment(), Limits.NONE.perDay())
          + " ORDER BY ('a-' || n) COLLATE \"C\"";
  private static final long LONGEST_SETTLING_NANOS = 60_000_000_000L;

  private final List<String> urls = new ArrayList<>();
  private final List<Ledger> nodes = new ArrayList<>();
  private final List<Coordinator> coordinators = new ArrayList<>();
  private final List<List<Integer>> shards = new ArrayList<>();
  private final Ledger[] owners = new Ledger[MAP.shards()];
  private final int accounts;
  private final AtomicLong keys = new AtomicLong();

  /** Accounts by their numbers, those of a shard together; where each shard's begin. */
  private final int[] byShard;

  private final int[] begin = new int[MAP.shards() + 1];

  /** A new one with so many accounts, at a node for each database or at one. */
  Bank(EscrowTransfers servers, int databases, boolean nodeForEach, int accounts)
      throws SQLException {
    this.accounts = accounts;
    this.byShard = sorted(accounts, begin);
    TreeMap<String, DatabaseConfig> configs = new TreeMap<>();
    for (int i = 0; i < databases; i++) {
      urls.add(servers.freshUrl(i));
      configs.put("db" + i, config(urls.get(i)));
    }
    String store = servers.storeUri("bank" + BANKS.incrementAndGet());
    for (int i = 0; i < (nodeForEach ? databases : 1); i++) {
      Ledger node = Ledger.open(LedgerConfig.of("node" + i, configs));
      nodes.add(node);
      Coordinator coordinator = Coordinator.connect(store);
      coordinators.add(coordinator);
      node.join(coordinator, new Remote());
    }
    nodes.get(0).shardsByDatabase().values().forEach(each -> shards.add(List.copyOf(each)));
    for (int i = 0; i < databases; i++) {
      own(shards.get(i), nodes.get(i % nodes.size()));
      fill(urls.get(i), shards.get(i));
    }
  }

  /** Several at a time, which then share flushes of the log. */
  private void own(List<Integer> some, Ledger node) {
    ExecutorService threads = Executors.newFixedThreadPool(SEALED_AT_ONCE);
    try {
      CompletableFuture.allOf(
              some.stream()
                  .map(
                      shard ->
                          CompletableFuture.runAsync(
                              () -> {
                                owners[shard] = node;
                                node.seal(new Fence(shard, FencingToken.of(new Revision(1))));
                              },
                              threads))
                  .toArray(CompletableFuture<?>[]::new))
          .join();
    } finally {
      threads.shutdownNow();
    }
  }

  private static DatabaseConfig config(String url) {
    return DatabaseConfig.of(url.substring(0, url.indexOf('?')), PostgresServer.USER, "");
  }

  /** The tables of a ledger in a database, with nothing in them. */
  static void createTables(String url) {
    Ledger.open(LedgerConfig.of("none", Map.of("db0", config(url)))).close();
  }

  private static AccountId id(int number) {
    return new AccountId("a-" + number);
  }

  private static int[] sorted(int accounts, int[] begin) {
    for (int i = 0; i < accounts; i++) {
      begin[MAP.shardOf(id(i)) + 1]++;
    }
    for (int shard = 0; shard < MAP.shards(); shard++) {
      begin[shard + 1] += begin[shard];
    }
    int[] next = begin.clone();
    int[] sorted = new int[accounts];
    for (int i = 0; i < accounts; i++) {
      sorted[next[MAP.shardOf(id(i))]++] = i;
    }
    return sorted;
  }

  /**
   * Opens the accounts of some shards past the ledger, which would take long for many. In the order
   * of one index, without the other, which is made again when they are there.
   */
  private void fill(String url, List<Integer> here) throws SQLException {
    execute(url, "DROP INDEX account_by_owner");
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (int shard : here) {
        Integer[] numbers =
            Arrays.stream(byShard, begin[shard], begin[shard + 1]).boxed().toArray(Integer[]::new);
        insert.setInt(1, shard);
        insert.setArray(2, connection.createArrayOf("int4", numbers));
        insert.executeUpdate();
      }
    }
    execute(
        url,
        "CREATE INDEX account_by_owner ON account (owner, id)",
        "VACUUM ANALYZE account",
        "CHECKPOINT");
  }

  static void execute(String url, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private long sum(String query) throws SQLException {
    long sum = 0;
    for (String url : urls) {
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(query)) {
        row.next();
        sum += row.getLong(1);
      }
    }
    return sum;
  }

  /** Any shard that is, or was at first, in this database. */
  int shardIn(int database, SplittableRandom random) {
    List<Integer> all = shards.get(database);
    return all.get(random.nextInt(all.size()));
  }

  /** One between any two accounts of a shard. */
  Transfer.Request within(int shard, SplittableRandom random) {
    int count = begin[shard + 1] - begin[shard];
    int from = random.nextInt(count);
    return transfer(shard, from, shard, (from + 1 + random.nextInt(count - 1)) % count);
  }

  /** One from the first account of a shard to any other. */
  Transfer.Request fromFirst(int shard, SplittableRandom random) {
    return transfer(shard, 0, shard, 1 + random.nextInt(begin[shard + 1] - begin[shard] - 1));
  }

  /** One between any accounts of two shards. */
  Transfer.Request between(int from, int to, SplittableRandom random) {
    return transfer(
        from,
        random.nextInt(begin[from + 1] - begin[from]),
        to,
        random.nextInt(begin[to + 1] - begin[to]));
  }

  private Transfer.Request transfer(int fromShard, int from, int toShard, int to) {
    return new Transfer.Request(
        id(byShard[begin[fromShard] + from]), id(byShard[begin[toShard] + to]), 1, "EUR");
  }

  /** Asks the owner. */
  CompletableFuture<Reply> pay(Transfer.Request request) {
    return owner(MAP.shardOf(request.from()))
        .execute(CALLER, TRANSFER, request, new IdempotencyKey("k-" + keys.incrementAndGet()));
  }

  /** The node that owns a shard. */
  Ledger owner(int shard) {
    return owners[shard];
  }

  /** Waits until nothing is left to be done behind. */
  void settle() throws Exception {
    long end = System.nanoTime() + LONGEST_SETTLING_NANOS;
    while (sum("SELECT count(*) FROM branch") > 0) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("something stays in doubt");
      }
      // As for the commit's movers, which offer nothing to wait for.
      Thread.sleep(2);
    }
  }

  private final class Remote implements RemoteShards {
    @Override
    public CompletionStage<Optional<Refusal>> prepare(
        int shard, String branch, String body, Optional<String> trace) {
      return owner(shard).prepareHere(shard, branch, body);
    }

    @Override
    public CompletionStage<Void> settle(
        int shard, List<String> branches, boolean commit, List<String> traces) {
      return owner(shard).settleHere(shard, branches, commit);
    }

    @Override
    public CompletionStage<Void> settled(int shard) {
      return owner(shard).settled(shard);
    }
  }

  /** Ends it, after a look whether all money is still there. */
  @Override
  public void close() throws Exception {
    settle();
    nodes.forEach(Ledger::close);
    coordinators.forEach(Coordinator::close);
    long total =
        sum("SELECT sum(posted) FROM account JOIN shard USING (shard) WHERE state = 'HERE'");
    if (total != accounts * MUCH) {
      throw new IllegalStateException("money was lost or made: " + (total - accounts * MUCH));
    }
  }
}
