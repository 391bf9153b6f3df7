package io.holdfast.cli.namespace;

import io.holdfast.admin.Generations;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Confirmation;
import io.holdfast.cli.console.Output;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.UnreadableException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast generation bump}. */
@Command(
    name = "bump",
    mixinStandardHelpOptions = true,
    description = {
      "Raises the generation, for good: there is no way back.",
      "If the stored generation is unreadable, so that no lock can be taken, it is replaced by one"
          + " greater than the latest known.",
      "Raise it when no transaction is under way, or after a restore: processes no longer presume an"
          + " abort of transactions begun before. If such a transaction is prepared and its"
          + " coordinator dies before the decision, nobody aborts it: it keeps its locks in its"
          + " databases until you resolve it (transactions list, resolve).",
      "A holder keeps its lock and its token; later holders get greater tokens. Without --yes it only"
          + " says what it would do. Exit code 1: somebody else raised it meanwhile."
    })
final class BumpGeneration implements Runnable {

  private static final String TRANSACTIONS =
      "; nobody aborts a transaction that is under way then and stays undecided: it waits until you"
          + " resolve it, so see transactions list before and after";

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Confirmation confirmation = new Confirmation();

  @Option(
      names = "--to",
      paramLabel = "N",
      description = "a greater number than the present one, at most 999999999 (default: by one)")
  private @Nullable Integer to;

  @Mixin private Output output = new Output();

  @Override
  public void run() {
    try (Coordinator coordinator = connection.open()) {
      Generations generations = new Generations(coordinator);
      Generation now;
      try {
        now = connection.await(generations.current());
      } catch (UnreadableException e) {
        replace(generations, e);
        return;
      }
      Generation next = to == null ? now.next() : new Generation(to);
      if (next.number() <= now.number()) {
        throw new IllegalArgumentException(
            "--to " + next + " is not greater than the generation in force, " + now);
      }
      if (confirmation.given("raise the generation from " + now + " to " + next + TRANSACTIONS)) {
        done(generations.raise(now, next, confirmation.reason()));
      }
    }
  }

  private void replace(Generations generations, UnreadableException why) {
    Optional<Generation> known = connection.await(generations.latestKnown());
    if (to == null && known.isEmpty()) {
      throw why;
    }
    Generation next = to == null ? known.orElseThrow().next() : new Generation(to);
    if (known.isPresent() && next.number() <= known.get().number()) {
      throw new IllegalArgumentException(
          "--to " + next + " is not greater than the latest generation known, " + known.get());
    }
    String before = known.map(there -> "the latest known is " + there).orElse("none is known");
    output.line("there is no generation in force, and " + before + ": " + why.getMessage());
    if (confirmation.given("put generation " + next + " in its place" + TRANSACTIONS)) {
      done(generations.replaceUnreadable(next, confirmation.reason()));
    }
  }

  private void done(CompletableFuture<Generation> change) {
    output.line("generation " + connection.await(change) + " is in force");
  }
}
