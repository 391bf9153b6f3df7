package io.holdfast.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
    /** Picks of the load balancer; needs no store. */
    BALANCE
  }

  /** Where. */
  enum Store {
    /** ZooKeeper, three servers. */
    ZOOKEEPER,
    /** etcd, three servers. */
    ETCD,
    /** One after the other. */
    BOTH
  }

  @Parameters(paramLabel = "WHAT", description = "what to measure: ${COMPLETION-CANDIDATES}")
  private Subject subject = Subject.LOCKS;

  @Option(
      names = "--backend",
      defaultValue = "both",
      description = "one of ${COMPLETION-CANDIDATES} (default: both)")
  private Store store = Store.BOTH;

  @Option(names = "--json", paramLabel = "FILE", description = "also write the results here")
  private @Nullable Path json;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "turns of one second that each side has (default: ${DEFAULT-VALUE})")
  private int rounds;

  @Spec private @Nullable CommandSpec spec;

  /** Runs and exits with 0, also when a target was missed: that is a figure, not a failure. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Benchmarks()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    out().println(machine());
    List<Result> results = new ArrayList<>();
    List<Waiting> waiting = new ArrayList<>();
    switch (subject) {
      case LOCKS -> locks(results, waiting);
      case DISCOVERY -> {
        results.addAll(new DiscoveryBenchmarks(Math.max(1, rounds)).onZooKeeper());
        results.forEach(this::print);
      }
      case BALANCE -> {
        results.addAll(new BalanceBenchmarks(BalanceBenchmarks.Effort.whole()).run());
        results.forEach(this::print);
      }
    }
    if (json != null) {
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("machine", machine());
      report.put("results", results);
      report.put("waiting", waiting);
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValue(json.toFile(), report);
    }
    return CommandLine.ExitCode.OK;
  }

  private void locks(List<Result> results, List<Waiting> waiting) throws Exception {
    if (store != Store.ETCD) {
      try (Cluster cluster = Cluster.zooKeeper()) {
        locks(cluster, results, waiting);
      }
    }
    if (store != Store.ZOOKEEPER) {
      try (Cluster cluster = Cluster.etcd()) {
        locks(cluster, results, waiting);
      }
    }
  }

  private void locks(Cluster cluster, List<Result> results, List<Waiting> waiting)
      throws Exception {
    LockBenchmarks locks =
        new LockBenchmarks(
            cluster,
            new LockBenchmarks.Scale(
                Duration.ofSeconds(15),
                new Duel(Duration.ofSeconds(3), Duration.ofSeconds(1), Math.max(1, rounds)),
                new Duel(Duration.ofSeconds(3), Duration.ofSeconds(2), Math.max(1, rounds / 2)),
                64,
                4,
                40,
                10_000),
            this::print);
    results.addAll(locks.run());
    Waiting waited = locks.waiting();
    waiting.add(waited);
    print(waited);
  }

  private PrintWriter out() {
    return Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
  }

  private void print(Result result) {
    out()
        .printf(
            Locale.ROOT,
            "%-10s %-48s ours %8.1f %s, %s %8.1f %s, ratio %.2f (target %.1f)%n",
            result.backend(),
            result.name(),
            result.ours(),
            result.unit(),
            result.peer(),
            result.theirs(),
            result.unit(),
            result.ratio(),
            result.target())
        .flush();
  }

  private void print(Waiting waited) {
    out()
        .printf(
            Locale.ROOT,
            "%-10s %d waiting asynchronously after %.1f s: %d more threads, %d bytes each%n",
            waited.backend(),
            waited.waiters(),
            waited.seconds(),
            waited.threads(),
            waited.bytes())
        .flush();
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
