package io.holdfast.demo.operators;

import io.holdfast.admin.DirectoryListing;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.SkippedEntries;
import io.holdfast.coordination.Coordinator;
import io.holdfast.payment.security.CallerAdmin;
import io.holdfast.payment.security.StoredCaller;
import io.holdfast.payment.security.StoredKey;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast callers list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the callers, the oldest first, with the ids of their valid keys.",
      "JSON: name, roles, keys (ids of the valid ones, separated by commas), created, revoked."
    })
final class ListCallers implements Runnable {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();

  @Override
  public void run() {
    DirectoryListing<StoredCaller> callers;
    try (Coordinator coordinator = connection.openToRead()) {
      callers = connection.await(new CallerAdmin(coordinator).list());
    }
    listing.print(callers.found().stream().map(ListCallers::row).toList(), "there are no callers");
    SkippedEntries skipped = new SkippedEntries();
    callers.unreadable().forEach(skipped::add);
    skipped.report(listing.output());
  }

  private static Row row(StoredCaller caller) {
    List<String> keys = caller.validKeys().stream().map(StoredKey::id).toList();
    return new Row()
        .with("name", caller.name())
        .with(
            "roles",
            caller.roles().stream().sorted().map(Enum::name).collect(Collectors.joining(",")))
        .with("keys", String.join(",", keys))
        .with("created", caller.created().toString())
        .with("revoked", caller.revoked().map(Instant::toString).orElse(null));
  }
}
