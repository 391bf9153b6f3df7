package io.holdfast.cli.config;

import io.holdfast.cli.console.Confirmation;
import io.holdfast.cli.console.Output;
import io.holdfast.config.ConfigEdit;
import io.holdfast.config.ConfigKey;
import io.holdfast.config.ConfigStore;
import io.holdfast.config.ConfigVersion;
import io.holdfast.coordination.Coordinator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast config delete}. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = {
      "Deletes a setting. Its history stays, and rollback brings it back.",
      "Without --yes it only says what it would do. Exit code 1: the setting has been changed since"
          + " it was looked at."
    })
final class DeleteSetting implements Runnable {

  @Mixin private ConfigAccess access = new ConfigAccess();
  @Mixin private Confirmation confirmation = new Confirmation();
  @Mixin private KeyParameter parameter = new KeyParameter();
  @Mixin private Output output = new Output();

  @Override
  public void run() {
    ConfigKey key = parameter.key();
    try (Coordinator coordinator = access.connection().open()) {
      ConfigStore store = access.store(coordinator);
      ConfigVersion there = access.existing(store, key);
      String action =
          "delete version %d of %s: %s"
              .formatted(there.version(), key, there.value().orElseThrow());
      if (confirmation.given(action)) {
        ConfigEdit edit = ConfigEdit.delete(key).ifVersion(there.version());
        ConfigVersion made = access.edit(store, edit, confirmation.reason());
        output.line(key + " is deleted, by version " + made.version());
      }
    }
  }
}
