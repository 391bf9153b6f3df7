package io.holdfast.cli.sagas;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast outbox discard}. */
@Command(
    name = "discard",
    mixinStandardHelpOptions = true,
    description = {
      "Gives up a parked message for good: it is never delivered; the messages behind it follow.",
      "Without --yes it only says what it would do. Exit code 1: no message is parked there."
    })
final class DiscardMessage implements Callable<Integer> {

  @Mixin private ParkedMessageAction choice = new ParkedMessageAction();

  @Override
  public Integer call() {
    return choice.apply(
        "outbox discard", what -> "never deliver " + what, choice.table().outbox()::discard);
  }
}
