package io.holdfast.payment.files;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.Output;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast topups check}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Has the acquirer asked about top-ups, such as those that holdfast reconcile names.",
      "What it answers is booked, a little later: that a card was charged after all, or that money"
          + " was taken back."
    })
final class CheckTopUps implements Callable<Integer> {

  private static final Duration BOUND = Duration.ofMinutes(1);

  @Parameters(paramLabel = "ID", arity = "1..*", description = "a top-up's id")
  private List<String> ids = new ArrayList<>();

  @Mixin private NodeOptions nodes = new NodeOptions();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws IOException, InterruptedException {
    for (String id : ids) {
      if (!id.matches("topup_[0-9a-f]{3}_[0-9a-v]{26}")) {
        throw new IllegalArgumentException("no id of a top-up: " + id);
      }
    }
    NodeClient client = nodes.open();
    String run = UUID.randomUUID().toString();
    int unknown = 0;
    for (String id : ids) {
      try {
        client.post(
            "/topups/" + id + "/checks",
            Optional.of("check-" + run),
            JsonNodeFactory.instance.objectNode(),
            BOUND);
        output.line(id + ": the acquirer is asked");
      } catch (NotFoundException e) {
        output.errLine(id + ": there is none");
        unknown++;
      }
    }
    if (unknown > 0) {
      throw new NotFoundException(unknown + " of these top-ups are not in the ledger");
    }
    return ExitCode.OK;
  }
}
