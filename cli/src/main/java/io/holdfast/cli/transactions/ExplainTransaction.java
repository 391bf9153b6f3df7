package io.holdfast.cli.transactions;

import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.transaction.PendingTransaction;
import io.holdfast.transaction.TransactionId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast transactions explain}. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Says in words how far a transaction is, why it is not settled, and who has to do what.",
      "JSON: about (fact, why, next), text."
    })
final class ExplainTransaction implements Runnable {

  @Mixin private TransactionLookup lookup = new TransactionLookup();
  @Mixin private Listing listing = new Listing();

  @Parameters(paramLabel = "ID", description = "the transaction, as list prints it")
  private String id = "";

  @Override
  public void run() {
    TransactionId transaction = TransactionLookup.id(id);
    TransactionLookup.Result result = lookup.toRead((inspection, seen) -> seen);
    PendingTransaction pending = result.find(transaction);
    listing.print(
        Explanation.of(pending).lines().stream()
            .map(line -> new Row().with("about", line.get(0)).with("text", line.get(1)))
            .toList(),
        "");
    result.reportGaps(pending, listing.output());
  }
}
