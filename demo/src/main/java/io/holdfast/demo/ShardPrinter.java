package io.holdfast.demo;

import io.holdfast.lock.FencingToken;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Prints who owns which shards, and under which tokens. */
final class ShardPrinter {

  private final RunningDemo demo;
  private final ProgressLog.Printer printer;

  ShardPrinter(RunningDemo demo, ProgressLog.Printer printer) {
    this.demo = demo;
    this.printer = printer;
  }

  /** All of them, a line for each node. */
  void all() {
    List<Integer> all = IntStream.range(0, demo.plan().shards()).boxed().toList();
    Map<Integer, FencingToken> tokens = demo.tokens(all);
    demo.owners()
        .shards()
        .forEach(
            (node, shards) -> {
              StringBuilder line = new StringBuilder();
              shards.forEach(
                  shard ->
                      line.append("  %d (token %s)".formatted(shard, revision(tokens.get(shard)))));
              printer.say("  %s%s", node, line);
            });
  }

  /** Those that were of {@code before} and are of somebody else now, a line each. */
  void moved(String before, SortedSet<Integer> shards, Map<Integer, FencingToken> tokens) {
    Map<Integer, FencingToken> after = demo.tokens(shards);
    ShardOwners owners = demo.owners();
    for (int shard : shards) {
      printer.say(
          "  shard %2d  %s -> %s  token %s -> %s",
          shard,
          before,
          owners.ownerOf(shard).orElse("?"),
          revision(tokens.get(shard)),
          revision(after.get(shard)));
    }
  }

  private static String revision(@Nullable FencingToken token) {
    return token == null ? "?" : token.revision().toString();
  }
}
