package io.holdfast.benchmarks;

import io.holdfast.benchmarks.balance.BalanceBenchmarks;
import io.holdfast.benchmarks.commit.CommitComparison;
import io.holdfast.benchmarks.discovery.DiscoveryBenchmarks;
import io.holdfast.benchmarks.doors.DoorBenchmarks;
import io.holdfast.benchmarks.locks.LockComparison;
import io.holdfast.benchmarks.locks.LockStore;
import io.holdfast.benchmarks.measure.Report;
import io.holdfast.benchmarks.payments.PaymentComparison;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run}. */
@Command(
    name = "benchmarks/run",
    mixinStandardHelpOptions = true,
    description = "Measures Holdfast and a peer in one run and prints the ratio; larger is better.")
public final class Benchmarks implements Callable<Integer> {

  /** What can be measured. */
  enum Subject {
    /** Distributed locks. */
    LOCKS,
    /** Service discovery; on ZooKeeper, where the peer is. */
    DISCOVERY,
    /** The gateway's doors, beside Eureka's server and Curator; on ZooKeeper. */
    DOORS,
    /** Picks of the load balancer; needs no store. */
    BALANCE,
    /** Commits over two databases. */
    COMMIT,
    /** Transfers of the payment ledger; in turn on both stores what concerns the store. */
    PAYMENTS
  }

  /** The class path of Eureka's server, which goes together with nothing else. */
  private static final String EUREKA = "holdfast.benchmarks.eureka";

  /** Of doors, in a round. */
  private static final int DOOR_CHANGES = 20;

  @Parameters(paramLabel = "WHAT", description = "what to measure: ${COMPLETION-CANDIDATES}")
  private Subject subject = Subject.LOCKS;

  @Option(
      names = "--backend",
      defaultValue = "both",
      description = "one of ${COMPLETION-CANDIDATES} (default: both)")
  private LockStore store = LockStore.BOTH;

  @Option(names = "--json", paramLabel = "FILE", description = "also write the results here")
  private @Nullable Path json;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "turns of one second that each side has (default: ${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--part",
      defaultValue = "all",
      description = "of commit, one of ${COMPLETION-CANDIDATES} (default: all)")
  private CommitComparison.Part part = CommitComparison.Part.ALL;

  @Option(names = "--quick", description = "of payments: seconds for each row, not minutes for all")
  private boolean quick;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description = "of payments, some of ${COMPLETION-CANDIDATES} (default: all)")
  private Set<PaymentComparison.Part> payments = EnumSet.allOf(PaymentComparison.Part.class);

  @Option(
      names = "--accounts",
      defaultValue = "1000000",
      description = "of payments: the most that there are in a ledger (default: ${DEFAULT-VALUE})")
  private int accounts;

  @Spec private @Nullable CommandSpec spec;

  /** Runs and exits with 0, also when a target was missed: that is a figure, not a failure. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Benchmarks()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
    Report report = new Report(out);
    report.say(machine());
    switch (subject) {
      case LOCKS -> new LockComparison(store, rounds, report).run();
      case DISCOVERY ->
          new DiscoveryBenchmarks(Math.max(1, rounds)).onZooKeeper().forEach(report::add);
      case COMMIT -> new CommitComparison(store.name(), rounds, report).run(part);
      case PAYMENTS -> new PaymentComparison(store, quick, rounds, accounts, report).run(payments);
      case DOORS ->
          new DoorBenchmarks(Math.max(1, rounds) * DOOR_CHANGES, report)
              .run(Optional.ofNullable(System.getProperty(EUREKA)));
      case BALANCE -> new BalanceBenchmarks(report).run();
    }
    report.conclude();
    if (json != null) {
      report.write(json, machine());
    }
    return CommandLine.ExitCode.OK;
  }

  private static String machine() {
    return "%d processors, %s %s, Java %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            Runtime.version());
  }
}
