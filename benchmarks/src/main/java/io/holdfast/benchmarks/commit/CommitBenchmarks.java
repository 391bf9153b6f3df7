package io.holdfast.benchmarks.commit;

import io.holdfast.benchmarks.measure.Duel;
import io.holdfast.benchmarks.measure.Report;
import io.holdfast.benchmarks.measure.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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

  private static final double BESIDE_PEERS = 1.2;
  private static final double BESIDE_CEILING = 0.9;
  private static final double BESIDE_PLAIN = 0.95;
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

  /** Two databases, any accounts and then one that everybody debits. */
  void transfers(Peers peers) throws Exception {
    add("decision in the cluster", Side.OURS, ours(HoldfastMover.Kind.CLUSTER));
    add("decision in the last branch", Side.OURS, ours(HoldfastMover.Kind.LAST_BRANCH));
    add("escrow", Side.OURS, new EscrowMover(store.uri(), urls(), Ledgers.ACCOUNTS));
    add("Narayana", Side.PEER, peers.narayana(urls(), most));
    add("Atomikos", Side.PEER, peers.atomikos(urls(), most));
    add("no record", Side.CEILING, new BareMover(urls(), most));
    for (int clients : scale.clients()) {
      Map<Contestant, List<Load>> loads = turns(contestants, clients, Load.Accounts.SPREAD);
      beside(clients, loads);
    }
    for (int clients : scale.clients()) {
      if (clients > 1) {
        hot(clients, turns(contestants, clients, Load.Accounts.ONE_HOT));
      }
    }
  }

  private void add(String name, Side side, Mover mover) {
    contestants.add(new Contestant(name, side, mover));
  }

  private Map<Contestant, List<Load>> turns(
      List<Contestant> all, int clients, Load.Accounts accounts) throws Exception {
    ledgers.tidy();
    for (Contestant each : all) {
      Load.run(each.mover(), ledgers, clients, scale.warmUp(), accounts);
    }
    Map<Contestant, List<Load>> loads = new LinkedHashMap<>();
    all.forEach(each -> loads.put(each, new ArrayList<>()));
    for (int round = 0; round < scale.rounds(); round++) {
      for (int i = 0; i < all.size(); i++) {
        Contestant each = all.get(round % 2 == 0 ? i : all.size() - 1 - i);
        loads.get(each).add(Load.run(each.mover(), ledgers, clients, scale.turn(), accounts));
      }
    }
    loads.forEach((each, of) -> say(clients, accounts, each, of));
    return loads;
  }

  private void say(int clients, Load.Accounts accounts, Contestant each, List<Load> loads) {
    report.say(
        String.format(
            Locale.ROOT,
            "%-10s %4d clients%s %-28s %8.1f/s, p50 %7.2f ms%s",
            store.name(),
            clients,
            accounts == Load.Accounts.ONE_HOT ? ", one hot account," : "",
            each.name(),
            perSecond(loads),
            millis(loads),
            failed(loads)));
  }

  private static String failed(List<Load> loads) {
    long failed = loads.stream().mapToLong(Load::failed).sum();
    return failed == 0 ? "" : ", " + failed + " failed";
  }

  private static double perSecond(List<Load> loads) {
    return Duel.median(loads.stream().map(Load::perSecond).toList());
  }

  private static double millis(List<Load> loads) {
    return Duel.median(loads.stream().map(Load::medianMillis).toList());
  }

  private static Contestant best(Map<Contestant, List<Load>> loads, Side side) {
    return loads.keySet().stream()
        .filter(each -> each.side() == side)
        .max(Comparator.comparingDouble(each -> perSecond(loads.get(each))))
        .orElseThrow();
  }

  private void beside(int clients, Map<Contestant, List<Load>> loads) {
    Contestant ours = best(loads, Side.OURS);
    Contestant peer = best(loads, Side.PEER);
    String name = "transfer, %d clients, ".formatted(clients);
    row(name + ours.name(), loads.get(ours), peer.name(), loads.get(peer), BESIDE_PEERS);
    report.add(
        new Result(
            name + ours.name() + ", p50",
            store.name(),
            peer.name(),
            millis(loads.get(ours)),
            millis(loads.get(peer)),
            "ms",
            millis(loads.get(peer)) / millis(loads.get(ours)),
            0));
    Contestant ceiling = best(loads, Side.CEILING);
    row(
        name + ours.name(),
        loads.get(ours),
        ceiling.name(),
        loads.get(ceiling),
        clients == CEILING_AT ? BESIDE_CEILING : 0);
  }

  /** Escrow beside whatever two-phase commit is best, ours and the one without a record too. */
  private void hot(int clients, Map<Contestant, List<Load>> loads) {
    Contestant escrow =
        loads.keySet().stream()
            .filter(each -> each.name().equals("escrow"))
            .findFirst()
            .orElseThrow();
    Contestant other =
        loads.keySet().stream()
            .filter(each -> each != escrow)
            .max(Comparator.comparingDouble(each -> perSecond(loads.get(each))))
            .orElseThrow();
    row(
        "one hot account, %d clients, escrow".formatted(clients),
        loads.get(escrow),
        other.name(),
        loads.get(other),
        clients == most ? HOT : 0);
  }

  private void row(String name, List<Load> ours, String peer, List<Load> theirs, double target) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(ours.get(i).perSecond() / theirs.get(i).perSecond());
    }
    report.add(
        new Result(
            name,
            store.name(),
            peer,
            perSecond(ours),
            perSecond(theirs),
            "/s",
            Duel.median(ratios),
            target));
  }

  /** One database alone. */
  void oneBranch() throws Exception {
    Contestant ours = new Contestant("ours", Side.OURS, ours(HoldfastMover.Kind.ALONE));
    Contestant plain =
        new Contestant("plain SQL", Side.CEILING, new PlainMover(List.of(ledgers.url(0)), most));
    contestants.addAll(List.of(ours, plain));
    for (int clients : scale.clients()) {
      Map<Contestant, List<Load>> loads =
          turns(List.of(ours, plain), clients, Load.Accounts.SPREAD);
      row(
          "one branch, %d clients".formatted(clients),
          loads.get(ours),
          "plain SQL",
          loads.get(plain),
          BESIDE_PLAIN);
    }
  }

  /** Work in steps, beside the same changes made without anything that keeps them together. */
  void steps() throws Exception {
    Contestant tcc = new Contestant("TCC", Side.OURS, new TccMover(store.uri(), urls()));
    Contestant saga = new Contestant("saga", Side.OURS, new SagaMover(store.uri(), urls()));
    Contestant plain = new Contestant("plain SQL", Side.CEILING, new PlainMover(urls(), most));
    contestants.addAll(List.of(tcc, saga, plain));
    for (int clients : scale.clients()) {
      Map<Contestant, List<Load>> loads =
          turns(List.of(tcc, saga, plain), clients, Load.Accounts.SPREAD);
      for (Contestant each : List.of(tcc, saga)) {
        row(
            "%s of two steps, %d clients".formatted(each.name(), clients),
            loads.get(each),
            "two plain commits",
            loads.get(plain),
            0);
      }
    }
  }

  @Override
  public void close() throws Exception {
    for (Contestant each : contestants) {
      each.mover().close();
    }
    contestants.clear();
  }
}
