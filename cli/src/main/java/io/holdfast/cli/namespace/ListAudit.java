package io.holdfast.cli.namespace;

import io.holdfast.admin.AuditRecord;
import io.holdfast.admin.AuditTrail;
import io.holdfast.admin.DirectoryListing;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.SkippedEntries;
import io.holdfast.coordination.Coordinator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast audit}. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = {
      "Lists what operators did in this namespace, the oldest first.",
      "At least the latest 500 are kept.",
      "JSON: at (by the operator's clock), user, host, pid, action, subject, reason, revision."
    })
public final class ListAudit implements Runnable {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();

  @Option(
      names = "--last",
      paramLabel = "N",
      defaultValue = "2147483647",
      description = "only the latest N (default: all)")
  private int last;

  @Override
  public void run() {
    DirectoryListing<AuditRecord> trail;
    try (Coordinator coordinator = connection.openToRead()) {
      trail = connection.await(new AuditTrail(coordinator).inspect());
    }
    List<AuditRecord> records = trail.found();
    int from = Math.max(0, records.size() - Math.max(0, last));
    listing.print(
        records.subList(from, records.size()).stream().map(ListAudit::row).toList(),
        "no operator has done anything here");
    SkippedEntries skipped = new SkippedEntries();
    trail.unreadable().forEach(skipped::add);
    skipped.report(listing.output());
  }

  private static Row row(AuditRecord record) {
    return new Row()
        .with("at", record.by().since().toString())
        .with("user", record.by().attributes().getOrDefault("user", record.by().name()))
        .with("host", record.by().host())
        .field("pid", record.by().pid())
        .with("action", record.entry().action())
        .with("subject", record.entry().subject())
        .with("reason", record.entry().reason())
        .field("revision", record.revision().value());
  }
}
