package io.holdfast.payment.files;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code holdfast shards list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the shards that the nodes own which --to names: name all nodes to see all shards.",
      "JSON: shard, node, database, token (of the owner's lock)."
    })
final class ListShards implements Callable<Integer> {

  @Mixin private NodeOptions nodes = new NodeOptions();
  @Mixin private Listing listing = new Listing();

  @Override
  public Integer call() throws IOException, InterruptedException {
    NodeClient client = nodes.open();
    List<Optional<JsonNode>> answers = client.getFromEach("/shards");
    Map<Integer, Row> shards = new TreeMap<>();
    int silent = 0;
    for (int i = 0; i < answers.size(); i++) {
      Optional<JsonNode> answer = answers.get(i);
      if (answer.isEmpty()) {
        silent++;
        listing.output().errLine(client.nodes().get(i) + " does not answer");
      } else {
        add(shards, answer.get());
      }
    }
    if (silent == answers.size()) {
      throw new IOException("no node answers");
    }
    listing.print(new ArrayList<>(shards.values()), "these nodes own no shards");
    return silent == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /** A shard that has just changed hands is shown once. */
  private static void add(Map<Integer, Row> shards, JsonNode node) {
    for (JsonNode each : node.path("shards")) {
      int shard = each.path("shard").asInt();
      shards.put(
          shard,
          new Row()
              .with("shard", shard)
              .with("node", node.path("node").asText())
              .with("database", each.path("database").asText())
              .with("token", each.path("token").asText()));
    }
  }
}
