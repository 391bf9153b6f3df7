package io.holdfast.benchmarks.payments;

import io.holdfast.benchmarks.measure.Duel;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The SQL of a transfer in the ledger's own tables, one transaction for each, on a connection for
 * each client: by {@code pgbench} where that is installed, by JDBC elsewhere. Knows no lanes, no
 * hashes and no retries.
 */
final class PlainTransfers {

  private static final int SHARDS = Bank.MAP.shards();
  private static final String FROM = "'a-' || CAST(:from AS text)";
  private static final String TO = "'a-' || CAST(:to AS text)";
  private static final String REQUEST =
      "'{\"from\":\"a-12345\",\"to\":\"a-54321\",\"amount\":1,\"currency\":\"EUR\"}'";
  private static final String HASH = "decode(repeat('00', 32), 'hex')";

  private static final List<String> TRANSFER =
      List.of(
          "SELECT fence_token FROM shard WHERE shard = :shard FOR SHARE",
          "INSERT INTO operation (shard, caller, scope, key, digest, type, state, answer, node,"
              + (" token, at) VALUES (:shard, 'bench', "
                  + FROM
                  + ", CAST(gen_random_uuid() AS text), ")
              + (HASH + ", 'transfer', 'DONE', " + REQUEST + ", 'node', gen_random_uuid(), now())"),
          "UPDATE account SET posted = posted - 1 WHERE shard = :shard AND id = " + FROM,
          "UPDATE account SET posted = posted + 1 WHERE shard = :shard AND id = " + TO,
          "INSERT INTO journal (shard, seq, at, type, caller, scope, key, request, hash) VALUES"
              + (" (:shard, nextval('peer'), now(), 'transfer', 'bench', " + FROM + ", 'k', ")
              + (REQUEST + ", " + HASH + ")"),
          "INSERT INTO entry (shard, seq, leg, account, currency, amount, balance) VALUES"
              + (" (:shard, currval('peer'), 0, " + FROM + ", 'EUR', -1, 0),")
              + (" (:shard, currval('peer'), 1, " + TO + ", 'EUR', 1, 0)"));

  private static final Pattern VARIABLE = Pattern.compile(":(shard|from|to)\\b");
  private static final Pattern SPEED = Pattern.compile("tps = ([0-9.]+)");

  /** What pgbench says, without a speed, when it has done none in its time. */
  private static final String NONE = "actually processed: 0\n";

  private final String url;
  private final int inShard;
  private final Optional<Path> pgbench;

  /**
   * In a new database.
   *
   * @param pgbench the program; JDBC if there is none
   */
  PlainTransfers(String url, int accounts, Optional<Path> pgbench) throws SQLException {
    this.url = url;
    this.inShard = accounts / SHARDS;
    this.pgbench = pgbench;
    Bank.createTables(url);
    Bank.execute(
        url,
        "CREATE SEQUENCE peer CACHE 100",
        "INSERT INTO account (shard, id, type, owner, currency, posted, per_payment, per_day)"
            + (" SELECT mod(n, %d), 'a-' || n, 'WALLET', 'bench', 'EUR', 1000000000, 0, 0"
                    + " FROM generate_series(0, %d) n")
                .formatted(SHARDS, inShard * SHARDS - 1),
        "VACUUM ANALYZE account",
        "CHECKPOINT");
  }

  /** Where {@code pgbench} is, if it is installed. */
  static Optional<Path> installed() {
    return Stream.of(
            Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
        .map(folder -> Path.of(folder, "pgbench"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  String name() {
    return pgbench.isPresent() ? "pgbench" : "plain JDBC";
  }

  /** So many clients; between any two accounts of a shard, or from one account only. */
  Duel.Work work(int clients, boolean hot) {
    return pgbench.isPresent()
        ? duration -> pgbench(pgbench.get(), clients, hot, duration)
        : duration -> jdbc(clients, hot, duration);
  }

  /** Payers are in the first half of a shard, so that nobody deadlocks. */
  private double pgbench(Path program, int clients, boolean hot, Duration duration)
      throws IOException, InterruptedException {
    String numbers =
        "\\set shard %s\n\\set from :shard + %d * %s\n\\set to :shard + %d * random(%d, %d)\n"
            .formatted(
                hot ? "0" : "random(0, " + (SHARDS - 1) + ")",
                SHARDS,
                hot ? "0" : "random(0, " + (inShard / 2 - 1) + ")",
                SHARDS,
                inShard / 2,
                inShard - 1);
    Path script = Files.createTempFile("holdfast-transfer", ".sql");
    try {
      Files.writeString(
          script, numbers + "BEGIN;\n" + String.join(";\n", TRANSFER) + ";\nCOMMIT;\n");
      Process process =
          new ProcessBuilder(
                  program.toString(),
                  "-n",
                  "-M",
                  "prepared",
                  "-j",
                  "2",
                  "-c",
                  "" + clients,
                  "-T",
                  "" + Math.max(1, duration.toSeconds()),
                  "-f",
                  script.toString(),
                  url.substring("jdbc:".length()))
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher speed = SPEED.matcher(said);
      if (process.waitFor() == 0 && said.contains(NONE)) {
        return 1.0 / Math.max(1, duration.toSeconds()); // fewer than that
      }
      if (process.exitValue() != 0 || !speed.find()) {
        throw new IOException("pgbench failed: " + said);
      }
      return Double.parseDouble(speed.group(1));
    } finally {
      Files.delete(script);
    }
  }

  private double jdbc(int clients, boolean hot, Duration duration) throws Exception {
    List<Connection> connections = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      List<Callable<Long>> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        Connection connection = DriverManager.getConnection(url);
        connections.add(connection);
        SplittableRandom random = new SplittableRandom(i);
        all.add(() -> one(connection, random, hot, System.nanoTime() + duration.toNanos()));
      }
      long start = System.nanoTime();
      long done = 0;
      for (Future<Long> each : threads.invokeAll(all)) {
        done += each.get();
      }
      return done * 1e9 / (System.nanoTime() - start);
    } finally {
      threads.shutdownNow();
      for (Connection each : connections) {
        each.close();
      }
    }
  }

  private long one(Connection connection, SplittableRandom random, boolean hot, long end)
      throws SQLException {
    connection.setAutoCommit(false);
    List<PreparedStatement> statements = new ArrayList<>();
    for (String each : TRANSFER) {
      statements.add(connection.prepareStatement(VARIABLE.matcher(each).replaceAll("?")));
    }
    long done = 0;
    for (; System.nanoTime() < end; done++) {
      int shard = hot ? 0 : random.nextInt(SHARDS);
      int from = shard + SHARDS * (hot ? 0 : random.nextInt(inShard / 2));
      int to = shard + SHARDS * (inShard / 2 + random.nextInt(inShard - inShard / 2));
      for (int i = 0; i < statements.size(); i++) {
        Matcher variable = VARIABLE.matcher(TRANSFER.get(i));
        for (int at = 1; variable.find(); at++) {
          String name = variable.group(1);
          statements
              .get(i)
              .setInt(at, name.equals("shard") ? shard : name.equals("to") ? to : from);
        }
        statements.get(i).execute();
      }
      connection.commit();
    }
    return done;
  }
}
