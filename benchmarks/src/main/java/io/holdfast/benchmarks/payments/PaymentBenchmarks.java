package io.holdfast.benchmarks.payments;

import io.holdfast.benchmarks.commit.EscrowTransfers;
import io.holdfast.benchmarks.measure.Duel;
import io.holdfast.benchmarks.measure.Report;
import io.holdfast.benchmarks.measure.Result;
import io.holdfast.payment.ledger.MovedShard;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** The rows. All of them use the same servers. */
final class PaymentBenchmarks implements AutoCloseable {

  /**
   * How much of it is done.
   *
   * @param compiling before the rows of a kind, of each side: a JVM that has just begun spends more
   *     on compiling than on transfers
   * @param warmUp of each side of a row
   * @param turn of each side in a round
   * @param rounds in which both have a turn
   * @param clients each number at a time
   * @param arriving how long transfers come at a given rate
   * @param accounts in a ledger; each number is compared with the first
   * @param databases each number is compared with one
   */
  record Scale(
      Duration compiling,
      Duration warmUp,
      Duration turn,
      int rounds,
      List<Integer> clients,
      Duration arriving,
      List<Integer> accounts,
      List<Integer> databases) {}

  private static final double BESIDE_PLAIN = 0.6;
  private static final double BESIDE_ESCROW = 0.6;
  private static final double TAIL = 5;
  private static final double LONGEST_PAUSE_MILLIS = 1_000;
  private static final double GROWTH = 1 / 1.3;
  private static final String POSTGRES = "postgres";

  private final EscrowTransfers servers;
  private final Scale scale;
  private final Report report;
  private final Optional<Path> pgbench;
  private final Duel duel;
  private final int many;

  /** Of one database, with the least accounts. */
  private final Bank bank;

  /** Of two databases, each with a node. */
  private final Bank two;

  /** The most transfers a second within shards that were seen; 0 before {@link #warm}. */
  private double saturation;

  PaymentBenchmarks(EscrowTransfers servers, Scale scale, Report report, Optional<Path> pgbench)
      throws Exception {
    this.servers = servers;
    this.scale = scale;
    this.report = report;
    this.pgbench = pgbench;
    this.duel = new Duel(scale.warmUp(), scale.turn(), scale.rounds());
    this.many = scale.clients().get(scale.clients().size() / 2);
    this.bank = new Bank(servers, 1, false, scale.accounts().get(0));
    this.two = new Bank(servers, 2, true, scale.accounts().get(0));
  }

  private static Function<SplittableRandom, Transfer.Request> within(Bank bank, int database) {
    return random -> bank.within(bank.shardIn(database, random), random);
  }

  private static Function<SplittableRandom, Transfer.Request> anywhere(Bank bank, int databases) {
    return random -> bank.within(bank.shardIn(random.nextInt(databases), random), random);
  }

  private static Function<SplittableRandom, Transfer.Request> between(Bank bank, int from, int to) {
    return random -> {
      int payer = bank.shardIn(from, random);
      int payee = bank.shardIn(to, random);
      return payer == payee ? bank.within(payer, random) : bank.between(payer, payee, random);
    };
  }

  private Duel.Outcome fight(Clients ours, int clients, Duel.Work theirs) throws Exception {
    Duel.Outcome outcome = duel.fight(time -> ours.perSecond(clients, time), theirs);
    warn(ours);
    return outcome;
  }

  private void warn(Clients clients) {
    if (clients.refused() > 0) {
      report.say("  " + clients.refused() + " not done, such as: " + clients.why());
    }
  }

  private void row(String name, String backend, String peer, Duel.Outcome outcome, double target) {
    report.add(
        new Result(
            name, backend, peer, outcome.ours(), outcome.theirs(), "/s", outcome.ratio(), target));
  }

  /** Has the code of a lane compiled, once. */
  private void warm() throws Exception {
    if (saturation == 0) {
      Clients clients = new Clients(bank, within(bank, 0));
      clients.perSecond(most(), scale.compiling());
      saturation = clients.perSecond(most(), scale.turn());
    }
  }

  private int most() {
    return scale.clients().get(scale.clients().size() - 1);
  }

  /** One database, beside the same SQL without a ledger. */
  void oneDatabase() throws Exception {
    warm();
    PlainTransfers plain =
        new PlainTransfers(servers.freshUrl(0), scale.accounts().get(0), pgbench);
    double best = 0;
    double plainest = 0;
    for (int clients : scale.clients()) {
      Clients within = new Clients(bank, within(bank, 0));
      Duel.Outcome outcome = fight(within, clients, plain.work(clients, false));
      best = Math.max(best, outcome.ours());
      plainest = Math.max(plainest, outcome.theirs());
      row("within a shard, %d clients".formatted(clients), POSTGRES, plain.name(), outcome, 0);
    }
    saturation = best;
    row(
        "within a shard, at saturation: the best of these",
        POSTGRES,
        plain.name(),
        new Duel.Outcome(best, plainest, best / plainest),
        BESIDE_PLAIN);
    Clients between = new Clients(bank, between(bank, 0, 0));
    row(
        "between shards of one database, %d clients".formatted(many),
        servers.storeName(),
        plain.name(),
        fight(between, many, plain.work(many, false)),
        BESIDE_PLAIN);
    int shard = 0;
    Clients hot = new Clients(bank, random -> bank.fromFirst(shard, random));
    row(
        "all from one hot account, %d clients".formatted(many),
        POSTGRES,
        plain.name(),
        fight(hot, many, plain.work(many, true)),
        0);
  }

  /** Two databases at two nodes, beside the commit alone. */
  void twoDatabases() throws Exception {
    new Clients(two, between(two, 0, 1)).perSecond(most(), scale.compiling());
    servers.perSecond(most(), scale.compiling());
    for (int clients : scale.clients()) {
      row(
          "between two databases, %d clients".formatted(clients),
          servers.storeName(),
          "escrow alone",
          fight(
              new Clients(two, between(two, 0, 1)),
              clients,
              time -> servers.perSecond(clients, time)),
          BESIDE_ESCROW);
    }
  }

  /** At half of the saturation. */
  void latency() throws Exception {
    warm();
    Clients clients = new Clients(bank, within(bank, 0));
    Clients.Latencies latencies =
        clients.arriving(saturation / 2, scale.warmUp(), scale.arriving());
    warn(clients);
    double median = latencies.percentile(50);
    double tail = latencies.percentile(99);
    report.add(
        new Result(
            String.format(Locale.ROOT, "p99 at %.0f/s, half of saturation", saturation / 2),
            POSTGRES,
            "%.0f x p50".formatted(TAIL),
            tail,
            TAIL * median,
            "ms",
            TAIL * median / tail,
            1));
  }

  /** A shard goes to and fro; half of the transfers are its own. */
  void moves() throws Exception {
    warm();
    int shard = two.shardIn(0, new SplittableRandom(1));
    Clients clients =
        new Clients(
            two,
            random ->
                random.nextBoolean() ? two.within(shard, random) : anywhere(two, 2).apply(random));
    CompletableFuture<Clients.Latencies> load =
        CompletableFuture.supplyAsync(
            () -> clients.arriving(saturation / 4, Duration.ZERO, scale.arriving()));
    double paused = 0;
    int moves = 0;
    long rows = 0;
    while (!load.isDone()) {
      try {
        MovedShard moved = two.owner(shard).move(shard, moves % 2 == 0 ? "db1" : "db0").join();
        paused = Math.max(paused, moved.paused().toNanos() / 1e6);
        rows = moved.rows();
        moves++;
      } catch (CompletionException e) {
        report.say("  a move was given up: " + e.getCause());
      }
    }
    Clients.Latencies latencies = load.join();
    warn(clients);
    report.say(
        String.format(
            Locale.ROOT,
            "a shard of %d rows moved %d times; transfers: p50 %.1f ms, the longest %.1f ms",
            rows,
            moves,
            latencies.percentile(50),
            latencies.percentile(100)));
    String name = "shard moved at %.0f/s, ".formatted(saturation / 4);
    report.add(
        new Result(
            name + "longest pause",
            servers.storeName(),
            "limit",
            paused,
            LONGEST_PAUSE_MILLIS,
            "ms",
            LONGEST_PAUSE_MILLIS / paused,
            1));
    double refused = clients.refused();
    report.add(
        new Result(
            name + "transfers refused",
            servers.storeName(),
            "limit",
            refused,
            0,
            "",
            refused == 0 ? 1 : 0,
            1));
  }

  /** More accounts. */
  void growth() throws Exception {
    warm();
    for (int accounts : scale.accounts().subList(1, scale.accounts().size())) {
      long began = System.nanoTime();
      try (Bank large = new Bank(servers, 1, false, accounts)) {
        report.say(
            "  %,d accounts were loaded in %d s"
                .formatted(accounts, (System.nanoTime() - began) / 1_000_000_000L));
        beside("%,d accounts".formatted(accounts), large, 1, GROWTH);
      }
    }
  }

  /** More databases, which share this machine's processors. */
  void databases() throws Exception {
    warm();
    for (int databases : scale.databases()) {
      try (Bank wide = new Bank(servers, databases, false, scale.accounts().get(0))) {
        beside("%d databases".formatted(databases), wide, databases, 0);
      }
    }
  }

  /** What a transfer takes, beside the bank of one database and few accounts. */
  private void beside(String name, Bank other, int databases, double target) throws Exception {
    Clients few = new Clients(bank, within(bank, 0));
    Clients ours = new Clients(other, anywhere(other, databases));
    Duel.Outcome outcome = fight(ours, many, time -> few.perSecond(many, time));
    report.add(
        new Result(
            "a transfer, %s, %d clients".formatted(name, many),
            POSTGRES,
            "one, %,d".formatted(scale.accounts().get(0)),
            1e6 / outcome.ours(),
            1e6 / outcome.theirs(),
            "us",
            outcome.ratio(),
            target));
  }

  @Override
  public void close() throws Exception {
    bank.close();
    two.close();
  }
}
