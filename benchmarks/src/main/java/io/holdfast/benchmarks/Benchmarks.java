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
      defaultValue = "9",
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
    Duel duel = new Duel(Duration.ofSeconds(5), Duration.ofSeconds(1), Math.max(1, rounds));
    List<Result> results =
        switch (subject) {
          case LOCKS -> locks(new LockBenchmarks(duel));
          case BALANCE -> new BalanceBenchmarks(BalanceBenchmarks.Effort.whole()).run();
        };
    print(results);
    if (json != null) {
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("machine", machine());
      report.put("results", results);
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValue(json.toFile(), report);
    }
    return CommandLine.ExitCode.OK;
  }

  private List<Result> locks(LockBenchmarks locks) throws Exception {
    List<Result> results = new ArrayList<>();
    if (store != Store.ETCD) {
      results.addAll(locks.onZooKeeper());
    }
    if (store != Store.ZOOKEEPER) {
      results.addAll(locks.onEtcd());
    }
    return results;
  }

  private void print(List<Result> results) {
    if (spec == null) {
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(machine());
    for (Result result : results) {
      out.printf(
          Locale.ROOT,
          "%s, %s: ours %.1f %s, %s %.1f %s, ratio %.2f (target %.1f)%n",
          result.backend(),
          result.name(),
          result.ours(),
          result.unit(),
          result.peer(),
          result.theirs(),
          result.unit(),
          result.ratio(),
          result.target());
    }
    out.flush();
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
