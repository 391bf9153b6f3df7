package io.holdfast.cli.transactions;

import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.transaction.PendingTransaction;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.TransactionId;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast transactions show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Shows a transaction's waiting branches, each with its name in the database."
          + " Form: prepared, tried (TCC), held (escrow).",
      "JSON: database, index, form, branch, transaction, state, waits_ms, decided_for, trace, note."
    })
final class ShowTransaction implements Runnable {

  @Mixin private TransactionLookup lookup = new TransactionLookup();
  @Mixin private Listing listing = new Listing();

  @Parameters(paramLabel = "ID", description = "the transaction, as list prints it")
  private String id = "";

  @Override
  public void run() {
    TransactionId transaction = TransactionLookup.id(id);
    TransactionLookup.Result result = lookup.toRead((inspection, seen) -> seen);
    PendingTransaction pending = result.find(transaction);
    listing.print(pending.prepared().stream().map(branch -> row(pending, branch)).toList(), "");
    result.reportGaps(pending, listing.output());
  }

  private static Row row(PendingTransaction pending, PreparedBranch branch) {
    return new Row()
        .with("database", branch.participant())
        .with("index", branch.branch().index())
        .with("form", ListTransactions.form(branch))
        .with("branch", branch.branch().toString())
        .field("transaction", pending.id().toString())
        .with("state", ListTransactions.state(pending))
        .shown("waits", branch.age().map(Listing::age).orElse(null))
        .field("waits_ms", branch.age().map(Duration::toMillis).orElse(null))
        .with("decided_for", String.join(" ", pending.decidedFor()))
        .with("trace", pending.trace().orElse(null))
        .field("note", pending.note().isEmpty() ? null : pending.note());
  }
}
