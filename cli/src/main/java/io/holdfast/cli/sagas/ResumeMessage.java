package io.holdfast.cli.sagas;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast outbox resume}. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = {
      "Delivers a parked message again, with all its tries; the messages behind it follow.",
      "Without --yes it only says what it would do. Exit code 1: no message is parked there."
    })
final class ResumeMessage implements Callable<Integer> {

  @Mixin private ParkedMessageAction choice = new ParkedMessageAction();

  @Override
  public Integer call() {
    return choice.apply(
        "outbox resume", what -> "deliver " + what + " again", choice.table().outbox()::resume);
  }
}
