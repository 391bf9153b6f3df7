package io.holdfast.cli.config;

import io.holdfast.cli.console.Listing;
import io.holdfast.config.ConfigKey;
import io.holdfast.config.ConfigStore;
import io.holdfast.config.ConfigValue;
import io.holdfast.config.ConfigVersion;
import io.holdfast.coordination.Coordinator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast config get}. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    description = {
      "Prints a setting. A secret is not printed: --to writes it into a file that only you can"
          + " read.",
      "JSON: as config list."
    })
final class GetSetting implements Runnable {

  @Mixin private ConfigAccess access = new ConfigAccess();
  @Mixin private Listing listing = new Listing();
  @Mixin private KeyParameter parameter = new KeyParameter();

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "write the value, decrypted if it is a secret, into this new file")
  private @Nullable Path to;

  @Override
  public void run() {
    ConfigKey key = parameter.key();
    try (Coordinator coordinator = access.connection().openToRead()) {
      ConfigStore store = access.store(coordinator);
      ConfigVersion there = access.existing(store, key);
      if (to == null) {
        listing.print(List.of(Rows.of(there)), "");
        return;
      }
      String text = there.value().map(ConfigValue::text).orElseThrow();
      try {
        PrivateFile.create(to, text);
      } catch (IOException e) {
        throw new IllegalArgumentException("cannot write " + to + ": " + e, e);
      }
      listing.output().line("version " + there.version() + " of " + key + " is in " + to);
    }
  }
}
