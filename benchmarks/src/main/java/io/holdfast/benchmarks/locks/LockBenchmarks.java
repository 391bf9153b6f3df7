package io.holdfast.benchmarks.locks;

import io.holdfast.benchmarks.measure.Duel;
import io.holdfast.benchmarks.measure.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Locks against a peer's locks on one cluster: every row of the table, by turns within each row.
 *
 * <p>All clients speak to the leader: a way over a follower is longer, and the choice is random.
 */
final class LockBenchmarks {

  /**
   * How much of it is done.
   *
   * @param warmUp of each side, with all threads, before anything is measured: at the pace of one
   *     thread the compiler would not be through before the end, and the longer code would pay
   * @param duel for what one process does
   * @param fleetDuel for what several do, whose turns take longer to begin and to end
   * @param threads in one process
   * @param processes with a quarter of these threads each
   * @param holds that each of two processes has in a comparison of hand-offs
   * @param waiters that wait in one process, spread over many locks
   * @param queues how many wait in one process for one lock; the shortest first
   */
  record Scale(
      Duration warmUp,
      Duel duel,
      Duel fleetDuel,
      int threads,
      int processes,
      int holds,
      int waiters,
      List<Integer> queues) {}

  /** How near to the bare writes an uncontended lock is to come. */
  private static final double LIMIT = 0.95;

  /** How long a hold lasts before it is handed off: by then the other stands in the queue. */
  private static final Duration HOLD = Duration.ofMillis(15);

  private static final int HAND_OFF_ROUNDS = 4;

  private final Cluster cluster;
  private final Scale scale;
  private final Consumer<Result> observer;
  private final List<Result> results = new ArrayList<>();

  /** Rows go to {@code observer} as they come. */
  LockBenchmarks(Cluster cluster, Scale scale, Consumer<Result> observer) {
    this.observer = observer;
    this.cluster = cluster;
    this.scale = scale;
  }

  /** Everything that is compared. */
  List<Result> run() throws Exception {
    try (Contestant theirs = cluster.peer().connect(cluster.address());
        Contestant bare = cluster.bare().connect(cluster.address())) {
      for (Contestant.Side side :
          List.of(Contestant.Side.HOLDFAST, Contestant.Side.CLOSING_AT_ONCE)) {
        try (Contestant ours = side.connect(cluster.uri())) {
          nobodyInTheWay(
              ours, theirs, bare, side == Contestant.Side.HOLDFAST ? "" : ", release not awaited");
        }
      }
    }
    shared();
    retained();
    processes();
    handOff();
    return List.copyOf(results);
  }

  /**
   * Locks that nobody else wants at the moment.
   *
   * @param how ours go about it, to be told behind the name of each row
   */
  private void nobodyInTheWay(Contestant ours, Contestant theirs, Contestant bare, String how)
      throws Exception {
    for (Contestant each : List.of(ours, theirs, bare)) {
      Crowd.onEachItsOwn(each, "warm", scale.threads()).perSecond(scale.warmUp());
    }
    oneThread(ours, theirs, bare, 1, cluster.targets().uncontended(), how);
    oneThread(ours, theirs, bare, 2, 2, how);
    oneThread(ours, theirs, bare, 8, 6, how);
    int threads = scale.threads();
    String name = threads + " threads on " + threads + " locks, one process" + how;
    Crowd crowd = Crowd.onEachItsOwn(ours, "own", threads);
    compare(
        name,
        cluster.targets().ownLocks(),
        scale.duel(),
        crowd,
        Crowd.onEachItsOwn(theirs, "own", threads));
    besideTheLimit(name, 0, crowd, Crowd.onEachItsOwn(bare, "own", threads));
  }

  /** Those who wait without a thread. */
  Waiting waiting() {
    return Waiting.measure(cluster.backend(), cluster.uri(), scale.waiters());
  }

  /** What it costs that many wait for one lock. */
  void longQueues() {
    List<LongQueue> all =
        scale.queues().stream()
            .map(waiters -> LongQueue.measure(cluster.backend(), cluster.uri(), waiters))
            .toList();
    // The first is there for the compiler's sake, too.
    LongQueue shortest = LongQueue.measure(cluster.backend(), cluster.uri(), scale.queues().get(0));
    all.stream().skip(1).flatMap(each -> each.beside(shortest).stream()).forEach(this::report);
  }

  private void oneThread(
      Contestant ours, Contestant theirs, Contestant bare, int locks, double target, String how)
      throws Exception {
    List<String> names =
        IntStream.range(0, locks).mapToObj(i -> "single" + locks + "-" + i).toList();
    String name =
        (locks == 1
                ? "uncontended acquire and release, one thread"
                : locks + " locks at once, one thread")
            + how;
    Duel.Work our = Duel.alone(ours.mutex(names)::cycle);
    compare(name, target, scale.duel(), our, Duel.alone(theirs.mutex(names)::cycle));
    besideTheLimit(name, locks == 1 ? LIMIT : 0, our, Duel.alone(bare.mutex(names)::cycle));
  }

  private void besideTheLimit(String name, double target, Duel.Work ours, Duel.Work bare)
      throws Exception {
    compare(name, target, scale.duel(), ours, bare, "bare writes");
  }

  private void shared() throws Exception {
    int threads = scale.threads();
    try (Contestant ours = Contestant.Side.HANDING_OVER.connect(cluster.uri());
        Contestant theirs = cluster.peer().connect(cluster.address())) {
      compare(
          threads + " threads on one lock, one process",
          20,
          scale.duel(),
          Crowd.onOne(ours, "one", threads),
          Crowd.onOne(theirs, "one", threads));
    }
  }

  private void retained() throws Exception {
    try (Contestant ours = Contestant.Side.RETAINING.connect(cluster.uri());
        Contestant theirs = cluster.peer().connect(cluster.address())) {
      compare(
          "acquiring a retained grant again, one thread",
          1_000,
          scale.duel(),
          Duel.alone(ours.mutex(List.of("retained"))::cycle),
          Duel.alone(theirs.mutex(List.of("retained"))::cycle));
    }
  }

  private void processes() throws Exception {
    int processes = scale.processes();
    int each = scale.threads() / 4;
    try (LockFleet ours =
            new LockFleet(Contestant.Side.HANDING_OVER, cluster.uri(), processes, each);
        LockFleet theirs = new LockFleet(cluster.peer(), cluster.address(), processes, each)) {
      compare(
          processes + " processes of " + each + " threads on one lock",
          5,
          scale.fleetDuel(),
          ours,
          theirs);
    }
  }

  private void compare(String name, double target, Duel duel, Duel.Work ours, Duel.Work theirs)
      throws Exception {
    compare(name, target, duel, ours, theirs, cluster.peerName());
  }

  private void compare(
      String name, double target, Duel duel, Duel.Work ours, Duel.Work theirs, String peer)
      throws Exception {
    Duel.Outcome outcome = duel.fight(ours, theirs);
    report(
        new Result(
            name,
            cluster.backend(),
            peer,
            outcome.ours(),
            outcome.theirs(),
            "cycles/s",
            outcome.ratio(),
            target));
  }

  private void report(Result result) {
    results.add(result);
    observer.accept(result);
  }

  private void handOff() throws Exception {
    List<Double> our = new ArrayList<>();
    List<Double> their = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    try (LockFleet ours = new LockFleet(Contestant.Side.HOLDFAST, cluster.uri(), 2, 1);
        LockFleet theirs = new LockFleet(cluster.peer(), cluster.address(), 2, 1)) {
      ours.handOffMicros(scale.holds(), HOLD);
      theirs.handOffMicros(scale.holds(), HOLD);
      for (int round = 0; round < HAND_OFF_ROUNDS; round++) {
        our.add(ours.handOffMicros(scale.holds(), HOLD));
        their.add(theirs.handOffMicros(scale.holds(), HOLD));
        ratios.add(their.get(round) / our.get(round));
      }
    }
    report(
        new Result(
            "hand-off between two processes, p50",
            cluster.backend(),
            cluster.peerName(),
            Duel.median(our),
            Duel.median(their),
            "µs",
            Duel.median(ratios),
            1));
  }
}
