package io.holdfast.cli.config;

import io.holdfast.cli.console.Confirmation;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.Output;
import io.holdfast.config.ConfigEdit;
import io.holdfast.config.ConfigKey;
import io.holdfast.config.ConfigStore;
import io.holdfast.config.ConfigValue;
import io.holdfast.config.ConfigVersion;
import io.holdfast.coordination.Coordinator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast config rollback}. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Sets again what an earlier version had; that makes a new version.",
      "A secret is encrypted anew, so --keys is needed. Without --yes it only says what it would"
          + " do. Exit code 1: the setting has been changed since it was looked at."
    })
final class RollBack implements Runnable {

  @Mixin private ConfigAccess access = new ConfigAccess();
  @Mixin private Confirmation confirmation = new Confirmation();
  @Mixin private KeyParameter parameter = new KeyParameter();

  @Parameters(index = "1", paramLabel = "VERSION", description = "as config history shows it")
  private long version;

  @Mixin private Output output = new Output();

  @Override
  public void run() {
    ConfigKey key = parameter.key();
    try (Coordinator coordinator = access.connection().open()) {
      ConfigStore store = access.store(coordinator);
      List<ConfigVersion> history = access.connection().await(store.history(key));
      ConfigVersion then =
          history.stream()
              .filter(each -> each.version() == version)
              .findFirst()
              .orElseThrow(
                  () ->
                      new NotFoundException(
                          "version " + version + " of " + key + " is not in the history"));
      ConfigVersion now = history.get(history.size() - 1);
      String action =
          "set %s from version %d (%s) to what version %d had: %s"
              .formatted(key, now.version(), shown(now), then.version(), shown(then));
      if (confirmation.given(action)) {
        ConfigEdit edit = ConfigEdit.rollback(key, version).ifVersion(now.version());
        ConfigVersion made = access.edit(store, edit, confirmation.reason());
        output.line(key + " is at version " + made.version());
      }
    }
  }

  private static String shown(ConfigVersion version) {
    return version.value().map(ConfigValue::toString).orElse("deleted");
  }
}
