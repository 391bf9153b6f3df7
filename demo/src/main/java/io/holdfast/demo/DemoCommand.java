package io.holdfast.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Teardown;
import io.holdfast.demo.DemoPlan.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a payment cluster under the load of transfers, purchases, card top-ups and loans, kills"
          + " a node half-way inside a commit between its two databases, restarts the databases,"
          + " and audits every cent. Nodes and clients speak TLS, and callers have API keys.",
      "Starts all that it needs on free ports of this machine and leaves nothing behind.",
      "Exits with 0 only if no acknowledged payment was lost, none took effect twice, the ledger"
          + " sums to zero, nothing is undecided, the cards that were charged are those that are"
          + " booked, and every shard has an owner at the end."
    })
public final class DemoCommand implements Callable<Integer> {

  /** As a shell reports a program that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "30",
      description = "how long the load lasts (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "3",
      description = "how many payment nodes (default: ${DEFAULT-VALUE})")
  private int nodes;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "150",
      description =
          "transfers a second, fewer if the machine cannot do as many (default: ${DEFAULT-VALUE})")
  private int rate;

  @Option(
      names = "--backend",
      defaultValue = "zookeeper",
      description = "zookeeper or etcd (default: ${DEFAULT-VALUE})")
  private Store backend = Store.ZOOKEEPER;

  @Option(
      names = "--connect",
      paramLabel = "URI",
      description = "use this cluster instead of starting one; a namespace of its own is added")
  private @Nullable String connect;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "of the load (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "also write the figures here")
  private @Nullable Path json;

  @Option(names = "--keep", description = "leave everything running after that, until Ctrl-C")
  private boolean keep;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws Exception {
    DemoPlan plan =
        new DemoPlan(
            backend,
            Optional.ofNullable(connect),
            nodes,
            Duration.ofSeconds(seconds),
            rate,
            12,
            seed);
    if (json != null && json.toAbsolutePath().getParent() != null) {
      requireFolder(json.toAbsolutePath().getParent());
    }
    Teardown teardown = new Teardown();
    try (teardown) {
      DemoScenario.Done done = new DemoScenario(plan, output, teardown).run();
      write(done.report());
      if (keep) {
        new KeptDemo(done.demo(), this::say).run();
      }
      return done.report().holds() ? ExitCode.OK : ExitCode.SOFTWARE;
    } catch (RuntimeException | IOException | SQLException e) {
      if (teardown.wasInterrupted()) {
        return INTERRUPTED;
      }
      throw e;
    }
  }

  private void say(String format, Object... arguments) {
    output.line(String.format(Locale.ROOT, format, arguments));
  }

  private void write(DemoReport report) throws IOException {
    if (json != null) {
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValue(json.toFile(), report);
      output.line("figures written to " + json);
    }
  }

  /** Before the demo rather than after it. */
  private static void requireFolder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("--json: there is no folder " + folder);
    }
  }
}
