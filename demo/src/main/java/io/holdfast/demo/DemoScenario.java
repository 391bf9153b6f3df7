package io.holdfast.demo;

import io.holdfast.admin.LockQueues;
import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Teardown;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.FencingToken;
import io.holdfast.payment.PaymentNode;
import io.holdfast.payment.cluster.PaymentDirectory;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.ledger.audit.Check;
import io.holdfast.payment.ledger.audit.Findings;
import io.holdfast.payment.load.FenceRejections;
import io.holdfast.payment.load.LoadConfig;
import io.holdfast.payment.load.LoadGenerator;
import io.holdfast.payment.load.LoadReport;
import io.holdfast.payment.load.Recovery;
import io.holdfast.payment.load.Timeliness;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The course of a demo: start a cluster, put load on it, kill a node half-way, see its shards taken
 * over, start it again, and compare the answers that the clients got with the ledger.
 */
final class DemoScenario {

  private static final Duration START_BOUND = Duration.ofSeconds(90);
  private static final Duration TAKEOVER_BOUND = Duration.ofSeconds(60);
  private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(6);

  /** Of what can be done. */
  private static final double MOST_LOAD = 0.6;

  private static final int CLIENTS = 8;
  private static final int ACCOUNTS = 60;

  private final DemoPlan plan;
  private final Output output;
  private final Teardown teardown;
  private final ShardMap map;
  private final String run = "demo" + Integer.toString(new SecureRandom().nextInt(1 << 30), 36);

  DemoScenario(DemoPlan plan, Output output, Teardown teardown) {
    this.plan = plan;
    this.output = output;
    this.teardown = teardown;
    this.map = new ShardMap(plan.shards());
  }

  /**
   * The kill, and how long the takeover took.
   *
   * @param millis -1 if no node was killed
   * @param othersInTime the share of the payments on all other shards that had their answer within
   *     a second, in the worst second of the takeover; 1 if there was none
   */
  private record Takeover(int kills, long millis, double othersInTime) {}

  /**
   * Runs it.
   *
   * @throws IllegalStateException if something did not start, or ended by itself
   */
  DemoReport run() throws IOException, InterruptedException, SQLException {
    RunningDemo demo = start();
    demo.awaitAllOwned(START_BOUND);
    demo.awaitEvenlyOwned(START_BOUND);
    say("%d shards, each under a lock of its own:", plan.shards());
    printShards(demo);
    demo.load().openAccounts();
    Duration third = plan.load().dividedBy(3);
    Duration warmUp = third.compareTo(LONGEST_WARM_UP) < 0 ? third : LONGEST_WARM_UP;
    say("%d accounts opened; warming up for %d s", ACCOUNTS, warmUp.toSeconds());
    int rate = rate(demo.load().warmUp(warmUp));
    long warmedUp = demo.load().report().acknowledged();
    say("%d transfers a second for %d s", rate, plan.load().toSeconds());
    long begun = System.nanoTime();
    demo.load().start(rate);
    ProgressLog progress = new ProgressLog(demo, this::say, begun);
    progress.until(plan.load().dividedBy(2));
    Takeover takeover = killOne(demo, progress);
    progress.until(plan.load());
    demo.load().stop();
    double seconds = (System.nanoTime() - begun) / 1e9;
    demo.awaitAllOwned(TAKEOVER_BOUND);
    say("load over; at the end:");
    printShards(demo);
    return report(
        demo, takeover, (demo.load().report().acknowledged() - warmedUp) / seconds, seconds);
  }

  /** As planned, unless that is near to all that this machine can do: a queue would only grow. */
  private int rate(long possible) {
    long most = Math.max(1, Math.round(possible * MOST_LOAD));
    if (plan.ratePerSecond() <= most) {
      return plan.ratePerSecond();
    }
    say("this machine does about %d transfers a second at the moment", possible);
    return (int) most;
  }

  private RunningDemo start() throws IOException, InterruptedException, SQLException {
    TemporaryFolder folder = teardown.add(TemporaryFolder.create("holdfast-demo-"));
    say("starting the cluster, PostgreSQL and %d nodes", plan.nodes());
    DemoCluster cluster = teardown.add(DemoCluster.of(plan, run));
    say("  %s", cluster.description());
    Coordinator coordinator =
        teardown.add(
            Coordinator.connect(
                cluster.uri(), CoordinatorOptions.defaults().withOwner(Owner.thisProcess("demo"))));
    LedgerServer ledger = teardown.add(LedgerServer.start(folder.path()));
    say("  PostgreSQL on port %d", ledger.port());
    NodeFleet fleet = teardown.add(new NodeFleet(cluster, ledger.databases(), plan, folder.path()));
    for (int i = 1; i <= plan.nodes(); i++) {
      fleet.start("node-" + i);
      say("  node-%d, pid %d", i, fleet.pid("node-" + i));
    }
    Registry registry = teardown.add(new Registry(coordinator));
    ServiceView view = teardown.add(registry.view(PaymentDirectory.SERVICE));
    LoadGenerator load =
        teardown.add(
            new LoadGenerator(
                LoadConfig.of(run)
                    .withSize(CLIENTS, ACCOUNTS)
                    .withRate(plan.ratePerSecond())
                    .withSeed(plan.seed()),
                new PaymentDirectory(view).nodes(),
                map));
    Audit audit = new Audit(ledger.databases(), PaymentNode.auditRules());
    return new RunningDemo(plan, cluster, fleet, view, new LockQueues(coordinator), audit, load);
  }

  private Takeover killOne(RunningDemo demo, ProgressLog progress) throws InterruptedException {
    Optional<String> victim = demo.owners().busiest();
    if (plan.nodes() < 2 || victim.isEmpty()) {
      say("nobody could take over from a single node: none is killed");
      return new Takeover(0, -1, 1);
    }
    String id = victim.get();
    SortedSet<Integer> orphans = demo.owners().of(id);
    Map<Integer, FencingToken> before = demo.tokens(orphans);
    say("kill -9 %s (pid %d), owner of shards %s", id, demo.fleet().pid(id), orphans);
    Recovery recovery = demo.load().recovery();
    long killed = System.nanoTime();
    demo.fleet().kill(id);
    demo.load().orphaned(orphans);
    Optional<Duration> took = Optional.empty();
    long patience = System.nanoTime() + TAKEOVER_BOUND.toNanos();
    while (took.isEmpty() && System.nanoTime() < patience) {
      progress.tick();
      TimeUnit.NANOSECONDS.sleep(RunningDemo.POLL_INTERVAL.toNanos());
      took = recovery.longest(orphans);
    }
    demo.load().orphaned(Set.of());
    if (took.isEmpty()) {
      throw new IllegalStateException(
          "shards " + orphans + " took no payment within " + TAKEOVER_BOUND);
    }
    say(
        "every orphaned shard takes payments again, %d ms after the kill (session time-out %d ms):",
        took.get().toMillis(), DemoPlan.SESSION.toMillis());
    Map<Integer, FencingToken> after = demo.tokens(orphans);
    ShardOwners owners = demo.owners();
    for (int shard : orphans) {
      say(
          "  shard %2d  %s -> %s  token %s -> %s",
          shard,
          id,
          owners.ownerOf(shard).orElse("?"),
          revision(before.get(shard)),
          revision(after.get(shard)));
    }
    demo.fleet().start(id);
    say("%s starts again, pid %d", id, demo.fleet().pid(id));
    return new Takeover(1, took.get().toMillis(), othersInTime(demo, orphans, killed));
  }

  /** Until now, that is while the orphans had no owner; the last second has not had its second. */
  private double othersInTime(RunningDemo demo, SortedSet<Integer> orphans, long killed) {
    List<Integer> others =
        IntStream.range(0, plan.shards())
            .filter(shard -> !orphans.contains(shard))
            .boxed()
            .toList();
    long until = System.nanoTime() - Timeliness.bound().toNanos();
    double share = demo.load().timeliness().worst(others, killed, until).orElse(1);
    say(
        "  meanwhile, in the worst second, %.1f %% of the payments on other shards were answered"
            + " within 1 s",
        100 * share);
    return share;
  }

  private DemoReport report(RunningDemo demo, Takeover takeover, double throughput, double seconds)
      throws SQLException, InterruptedException {
    say("audit: the answers that the clients got against the ledger");
    awaitRest(demo);
    Findings findings = demo.audit().run(demo.load().journal());
    findings.lines().forEach(line -> say("  %s", line));
    LoadReport load = demo.load().report();
    DemoReport report =
        new DemoReport(
            demo.cluster().backend(),
            plan.nodes(),
            round(seconds),
            plan.seed(),
            load.acknowledged(),
            load.refused(),
            load.unknownResolved(),
            load.unresolved(),
            takeover.kills(),
            takeover.millis(),
            FenceRejections.of(demo.view().snapshot()),
            findings.wrong(Check.ACKNOWLEDGED),
            findings.wrong(Check.DUPLICATE) + findings.wrong(Check.UNASKED),
            findings.looked().values().stream().mapToLong(Long::longValue).sum(),
            findings.wrong().values().stream().mapToLong(Long::longValue).sum(),
            findings.isClean(),
            plan.shards(),
            plan.shards() - demo.owners().owned(),
            round(throughput),
            round(load.median().toNanos() / 1e6),
            round(load.p99().toNanos() / 1e6),
            round(load.orphanedP99().toNanos() / 1e6),
            round(load.lateness().toNanos() / 1e6),
            takeover.othersInTime());
    say(
        "%d acknowledged, %d refused, %d unknown and resolved, %d unresolved",
        report.paymentsAcknowledged(),
        report.paymentsFailedCleanly(),
        report.paymentsUnknownResolved(),
        report.paymentsUnresolved());
    say(
        "%.1f payments/s, p50 %.1f ms, p99 %.1f ms; to shards without an owner p99 %.1f ms;"
            + " takeover %d ms; %d stale writes refused",
        report.throughputPerSecond(),
        report.p50Millis(),
        report.p99Millis(),
        report.orphanedP99Millis(),
        report.takeoverMs(),
        report.fenceRejections());
    say(
        "lost %d, doubled %d, wrong %d of %d that were looked at, shards without owner %d: %s",
        report.lostAcknowledged(),
        report.duplicateEffects(),
        report.auditWrong(),
        report.auditLooked(),
        report.shardsWithoutOwner(),
        report.holds() ? "every cent is where it belongs" : "THIS MUST NOT BE");
    return report;
  }

  /** What is decided is carried out behind; an audit looks when that is over. */
  private void awaitRest(RunningDemo demo) throws SQLException, InterruptedException {
    long patience = System.nanoTime() + TAKEOVER_BOUND.toNanos();
    while (demo.audit().underWay() > 0 && System.nanoTime() < patience) {
      TimeUnit.NANOSECONDS.sleep(RunningDemo.POLL_INTERVAL.toNanos());
    }
  }

  private static double round(double value) {
    return Math.round(value * 10) / 10.0;
  }

  private void printShards(RunningDemo demo) {
    ShardOwners owners = demo.owners();
    List<Integer> all = IntStream.range(0, plan.shards()).boxed().toList();
    Map<Integer, FencingToken> tokens = demo.tokens(all);
    owners
        .shards()
        .forEach(
            (node, shards) -> {
              StringBuilder line = new StringBuilder();
              shards.forEach(
                  shard ->
                      line.append("  %d (token %s)".formatted(shard, revision(tokens.get(shard)))));
              say("  %s%s", node, line);
            });
  }

  private static String revision(@Nullable FencingToken token) {
    return token == null ? "?" : token.revision().toString();
  }

  private void say(String format, Object... arguments) {
    output.line(String.format(Locale.ROOT, format, arguments));
  }
}
