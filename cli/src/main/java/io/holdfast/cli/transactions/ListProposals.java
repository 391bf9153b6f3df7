package io.holdfast.cli.transactions;

import io.holdfast.admin.DirectoryListing;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.SkippedEntries;
import io.holdfast.coordination.Coordinator;
import io.holdfast.transaction.ProposedResolution;
import io.holdfast.transaction.TransactionInspection;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast transactions proposals}. */
@Command(
    name = "proposals",
    mixinStandardHelpOptions = true,
    description = {
      "Lists what operators have proposed with resolve, and no other one has confirmed yet.",
      "JSON: transaction, ending, by, voucher (key, store, nobody), reason, at, expires, expired,"
          + " on_word_alone, databases."
    })
final class ListProposals implements Callable<Integer> {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();

  @Override
  public Integer call() {
    DirectoryListing<ProposedResolution> there;
    try (Coordinator coordinator = connection.openToRead()) {
      there = connection.await(new TransactionInspection(coordinator, List.of()).proposals());
    }
    Instant now = Instant.now();
    listing.print(
        there.found().stream().map(each -> row(each, now)).toList(), "nothing is proposed");
    SkippedEntries skipped = new SkippedEntries();
    there.unreadable().forEach(skipped::add);
    return skipped.report(listing.output());
  }

  private static Row row(ProposedResolution proposed, Instant now) {
    return new Row()
        .with("transaction", proposed.transaction().toString())
        .with("ending", lower(proposed.ending()))
        .shown("by", proposed.by().toString())
        .field("by", proposed.by().name())
        .field("voucher", lower(proposed.by().voucher()))
        .with("reason", proposed.reason())
        .field("at", proposed.at().toString())
        .with("expires", proposed.expires().toString())
        .field("expired", !proposed.isInForce(now))
        .field("on_word_alone", proposed.onWordAlone())
        .field("databases", String.join(" ", new TreeSet<>(proposed.places())));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
