package io.holdfast.cli.namespace;

import io.holdfast.cli.console.Connection;
import io.holdfast.cli.console.Consent;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.Generations;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast generation bump}. */
@Command(
    name = "bump",
    mixinStandardHelpOptions = true,
    description = {
      "Raises the generation, for good: there is no way back.",
      "Who holds a lock keeps it and its token; whoever comes later gets a greater one. Without"
          + " --yes it only says what it would do. Exit code 1: somebody else raised it meanwhile."
    })
final class BumpGeneration implements Runnable {

  @Mixin private Connection connection = new Connection();
  @Mixin private Consent consent = new Consent();

  @Option(
      names = "--to",
      paramLabel = "N",
      description = "a greater number than the present one (default: by one)")
  private @Nullable Integer to;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    try (Coordinator coordinator = connection.open()) {
      Generations generations = new Generations(coordinator);
      Generation now = connection.await(generations.current());
      Generation next = new Generation(to == null ? Math.addExact(now.number(), 1) : to);
      if (next.number() <= now.number()) {
        throw new IllegalArgumentException(
            "--to " + next + " is not greater than the generation in force, " + now);
      }
      if (consent.to("raise the generation from " + now + " to " + next)) {
        Generation raised = connection.await(generations.raise(now, next, consent.reason()));
        var out = Objects.requireNonNull(spec, "picocli makes this").commandLine().getOut();
        out.println("generation " + raised + " is in force");
        out.flush();
      }
    }
  }
}
