package io.holdfast.cli.config;

import io.holdfast.cli.console.Confirmation;
import io.holdfast.cli.console.Output;
import io.holdfast.coordination.Coordinator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast config rekey}. */
@Command(
    name = "rekey",
    mixinStandardHelpOptions = true,
    description = {
      "Encrypts anew, by the first of --keys, each secret of a group that another key has"
          + " encrypted.",
      "Earlier versions in the history stay as they are. Without --yes it only says what it would"
          + " do."
    })
final class EncryptAnew implements Runnable {

  @Mixin private ConfigAccess access = new ConfigAccess();
  @Mixin private Confirmation confirmation = new Confirmation();

  @Parameters(paramLabel = "GROUP", description = "the group")
  private String group = "";

  @Mixin private Output output = new Output();

  @Override
  public void run() {
    try (Coordinator coordinator = access.connection().open()) {
      if (confirmation.given("encrypt the secrets of " + group + " anew")) {
        int count =
            access
                .connection()
                .await(access.store(coordinator).rekey(group, confirmation.reason()));
        output.line(count + " secrets were encrypted anew");
      }
    }
  }
}
