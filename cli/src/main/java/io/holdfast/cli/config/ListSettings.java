package io.holdfast.cli.config;

import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.config.ConfigStore;
import io.holdfast.coordination.Coordinator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast config list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "The settings of a group; without one, the groups.",
      "JSON: setting, version, value (null for a secret), deleted, secret_key, at, by (the user, or"
          + " the program), host, program, pid, reason, token; without a group: group."
    })
final class ListSettings implements Runnable {

  @Mixin private ConfigAccess access = new ConfigAccess();
  @Mixin private Listing listing = new Listing();

  @Parameters(arity = "0..1", paramLabel = "GROUP", description = "the group")
  private @Nullable String group;

  @Override
  public void run() {
    try (Coordinator coordinator = access.connection().openToRead()) {
      ConfigStore store = access.store(coordinator);
      if (group == null) {
        List<String> groups = access.connection().await(store.groups());
        listing.print(
            groups.stream().map(name -> new Row().with("group", name)).toList(), "no settings");
      } else {
        listing.print(
            access.connection().await(store.read(group)).settings().values().stream()
                .map(Rows::of)
                .toList(),
            "no settings");
      }
    }
  }
}
