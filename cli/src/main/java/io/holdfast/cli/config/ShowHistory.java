package io.holdfast.cli.config;

import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.config.ConfigKey;
import io.holdfast.config.ConfigVersion;
import io.holdfast.coordination.Coordinator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast config history}. */
@Command(
    name = "history",
    mixinStandardHelpOptions = true,
    description = {
      "The versions of a setting that are kept, oldest first; the last is in force.",
      "JSON: as config list."
    })
final class ShowHistory implements Runnable {

  @Mixin private ConfigAccess access = new ConfigAccess();
  @Mixin private Listing listing = new Listing();
  @Mixin private KeyParameter parameter = new KeyParameter();

  @Override
  public void run() {
    ConfigKey key = parameter.key();
    try (Coordinator coordinator = access.connection().openToRead()) {
      List<ConfigVersion> history =
          access.connection().await(access.store(coordinator).history(key));
      if (history.isEmpty()) {
        throw new NotFoundException("there is no setting " + key);
      }
      listing.print(history.stream().map(Rows::of).toList(), "");
    }
  }
}
