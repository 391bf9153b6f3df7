package io.holdfast.benchmarks.commit;

import io.holdfast.benchmarks.measure.Duel;
import io.holdfast.benchmarks.measure.Report;
import io.holdfast.benchmarks.measure.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Ways to move money on two databases, by turns. */
final class CommitBenchmarks implements AutoCloseable {

  /**
   * How much of it is done.
   *
   * @param warmUp of each, once for each number of clients
   * @param turn of each in a round
   * @param rounds in which each has a turn, the order turned round each time
   * @param clients each number at a time
   */
  record Scale(Duration warmUp, Duration turn, int rounds, List<Integer> clients) {}

  /** Whose a contestant is. */
  private enum Side {
    OURS,
    PEER,
    CEILING
  }

  private record Contestant(String name, Side side, Mover mover) {}

  /** One with what it has done in each round. */
  private record Measured(Contestant contestant, List<Load> loads) {
    String name() {
      return contestant.name();
    }

    double perSecond() {
      return Duel.median(loads.stream().map(Load::perSecond).toList());
    }

    double millis() {
      return Duel.median(loads.stream().map(Load::medianMillis).toList());
    }

    long failed() {
      return loads.stream().mapToLong(Load::failed).sum();
    }
  }

  private static final double BESIDE_PEERS = 1.2;
  private static final double BESIDE_CEILING = 0.9;
  private static final double BESIDE_PLAIN = 0.95;
  private static final String ESCROW = "escrow";
  private static final double HOT = 5;
  private static final int CEILING_AT = 48;
  private static final Duration SESSION = Duration.ofSeconds(10);

  private final Store store;
  private final Ledgers ledgers;
  private final Scale scale;
  private final Report report;
  private final List<Contestant> contestants = new ArrayList<>();
  private final int most;

  CommitBenchmarks(Store store, Ledgers ledgers, Scale scale, Report report) {
    this.store = store;
    this.ledgers = ledgers;
    this.scale = scale;
    this.report = report;
    this.most = scale.clients().stream().mapToInt(Integer::intValue).max().orElse(1);
  }

  private List<String> urls() {
    return List.of(ledgers.url(0), ledgers.url(1));
  }

  private Mover ours(HoldfastMover.Kind kind) throws Exception {
    return new HoldfastMover(kind, store.uri(), urls(), most, SESSION);
  }

  /** Two databases, any accounts. */
  void transfers(Peers peers) throws Exception {
    addAll(peers);
    for (int clients : scale.clients()) {
      beside(clients, turns(contestants, clients, Load.Accounts.SPREAD));
    }
  }

  /** Two databases, and one account that everybody debits. */
  void hot(Peers peers) throws Exception {
    addAll(peers);
    for (int clients : scale.clients()) {
      if (clients > 1) {
        hot(clients, turns(contestants, clients, Load.Accounts.ONE_HOT));
      }
    }
  }

  /** Those that move money between two databases, once. */
  private void addAll(Peers peers) throws Exception {
    if (!contestants.isEmpty()) {
      return;
    }
    add("decision in the cluster", Side.OURS, ours(HoldfastMover.Kind.CLUSTER));
    add("decision in the last branch", Side.OURS, ours(HoldfastMover.Kind.LAST_BRANCH));
    add(ESCROW, Side.OURS, new EscrowMover(store.uri(), urls(), Ledgers.ACCOUNTS));
    add("Narayana", Side.PEER, peers.narayana(urls(), most));
    add("Narayana, commit-markable", Side.PEER, peers.markable(urls(), most));
    add("Atomikos", Side.PEER, peers.atomikos(urls(), most));
    add("no record", Side.CEILING, new BareMover(urls(), most));
  }

  private void add(String name, Side side, Mover mover) {
    contestants.add(new Contestant(name, side, mover));
  }

  private List<Measured> turns(List<Contestant> all, int clients, Load.Accounts accounts)
      throws Exception {
    ledgers.tidy();
    List<Measured> measured = new ArrayList<>();
    for (Contestant each : all) {
      Load.run(each.mover(), ledgers, clients, scale.warmUp(), accounts);
      measured.add(new Measured(each, new ArrayList<>()));
    }
    for (int round = 0; round < scale.rounds(); round++) {
      for (int i = 0; i < all.size(); i++) {
        Measured turn = measured.get(round % 2 == 0 ? i : all.size() - 1 - i);
        turn.loads()
            .add(Load.run(turn.contestant().mover(), ledgers, clients, scale.turn(), accounts));
      }
    }
    measured.forEach(each -> say(clients, accounts, each));
    return measured;
  }

  private void say(int clients, Load.Accounts accounts, Measured each) {
    report.say(
        String.format(
            Locale.ROOT,
            "%-10s %4d clients%s %-28s %8.1f/s, p50 %7.2f ms%s",
            store.name(),
            clients,
            accounts == Load.Accounts.ONE_HOT ? ", one hot account," : "",
            each.name(),
            each.perSecond(),
            each.millis(),
            each.failed() == 0 ? "" : ", " + each.failed() + " failed"));
  }

  private static Measured best(List<Measured> all, Predicate<Measured> which) {
    return all.stream()
        .filter(which)
        .max(Comparator.comparingDouble(Measured::perSecond))
        .orElseThrow();
  }

  private static Measured best(List<Measured> all, Side side) {
    return best(all, each -> each.contestant().side() == side);
  }

  private void beside(int clients, List<Measured> all) {
    Measured ours = best(all, Side.OURS);
    String name = "transfer, %d clients, ".formatted(clients) + ours.name();
    row(name, ours, best(all, Side.PEER), BESIDE_PEERS);
    Measured quickest =
        all.stream()
            .filter(each -> each.contestant().side() == Side.PEER)
            .min(Comparator.comparingDouble(Measured::millis))
            .orElseThrow();
    report.add(
        new Result(
            name + ", p50",
            store.name(),
            quickest.name(),
            ours.millis(),
            quickest.millis(),
            "ms",
            quickest.millis() / ours.millis(),
            BESIDE_PEERS));
    row(name, ours, best(all, Side.CEILING), clients == CEILING_AT ? BESIDE_CEILING : 0);
  }

  /** Escrow beside whatever two-phase commit is best, ours and the one without a record too. */
  private void hot(int clients, List<Measured> all) {
    row(
        "one hot account, %d clients, escrow".formatted(clients),
        best(all, each -> each.name().equals(ESCROW)),
        best(all, each -> !each.name().equals(ESCROW)),
        clients == most ? HOT : 0);
  }

  private void row(String name, Measured ours, Measured theirs, double target) {
    row(name, ours, theirs, 1, target);
  }

  /**
   * A row.
   *
   * @param steps of which a move is made; what is told is how many of them there are a second
   */
  private void row(String name, Measured ours, Measured theirs, int steps, double target) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.loads().size(); i++) {
      ratios.add(ours.loads().get(i).perSecond() / theirs.loads().get(i).perSecond());
    }
    report.add(
        new Result(
            name,
            store.name(),
            theirs.name(),
            steps * ours.perSecond(),
            steps * theirs.perSecond(),
            "/s",
            Duel.median(ratios),
            target));
  }

  /** One database alone. */
  void oneBranch() throws Exception {
    add("ours", Side.OURS, ours(HoldfastMover.Kind.ALONE));
    add("plain SQL", Side.CEILING, new PlainMover(List.of(ledgers.url(0)), most));
    for (int clients : scale.clients()) {
      List<Measured> all = turns(contestants, clients, Load.Accounts.SPREAD);
      row("one branch, %d clients".formatted(clients), all.get(0), all.get(1), BESIDE_PLAIN);
    }
  }

  /** Work in steps, beside the same changes made without anything that keeps them together. */
  void steps() throws Exception {
    add("TCC", Side.OURS, new TccMover(store.uri(), urls()));
    add("saga", Side.OURS, new SagaMover(store.uri(), urls()));
    add("plain SQL of the same changes", Side.CEILING, new PlainMover(urls(), most));
    for (int clients : scale.clients()) {
      List<Measured> all = turns(contestants, clients, Load.Accounts.SPREAD);
      for (Measured each : all.subList(0, 2)) {
        row("steps of %s, %d clients".formatted(each.name(), clients), each, all.get(2), 2, 0);
      }
    }
    report.say("steps of TCC and sagas: no target is set, they are told");
  }

  @Override
  public void close() throws Exception {
    for (Contestant each : contestants) {
      each.mover().close();
    }
    contestants.clear();
  }
}
