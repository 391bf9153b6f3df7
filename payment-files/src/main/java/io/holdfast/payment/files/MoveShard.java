package io.holdfast.payment.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holdfast.cli.console.Output;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast shards move}. */
@Command(
    name = "move",
    mixinStandardHelpOptions = true,
    description = {
      "Moves a shard to another database of the ledger, while it is used. Its owner does it: name"
          + " all nodes, and the owner is found.",
      "Returns when the shard is there. If it is stopped before, the move goes on; run it again to"
          + " see it through."
    })
final class MoveShard implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "SHARD", description = "its number")
  private int shard;

  @Parameters(index = "1", paramLabel = "DATABASE", description = "its name in the ledger")
  private String database = "";

  @Mixin private NodeOptions nodes = new NodeOptions();

  @Option(
      names = "--within",
      paramLabel = "DURATION",
      defaultValue = "10m",
      description = "for how long to try (default: ${DEFAULT-VALUE})")
  private Duration within = Duration.ofMinutes(10);

  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (shard < 0 || shard > 9999) {
      throw new IllegalArgumentException("a shard is a number from 0 to 9999, not " + shard);
    }
    JsonNode moved =
        nodes
            .open()
            .post(
                "/shards/" + shard + "/move",
                Optional.empty(),
                JsonNodeFactory.instance.objectNode().put("to", database),
                within);
    output.line("shard %d is in %s: %s".formatted(shard, database, moved));
    return ExitCode.OK;
  }
}
