package io.holdfast.cli.transactions;

import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.OwnerColumns;
import io.holdfast.transaction.PendingTransaction;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code holdfast transactions list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the transactions that have a prepared branch in the databases given.",
      "What runs is among them for the moment of its commit. State: running, orphaned (its"
          + " coordinator is dead, the next to look closes its epoch), committing, aborting, lost (an"
          + " operator has to say how it ends), decided_elsewhere (the decision is in a database that"
          + " was not given), unreadable. Nothing is written.",
      "JSON: transaction, state, databases, branches, coordinator, host, pid, since, age_ms, trace,"
          + " note.",
      "Exit code 1: a database could not be asked."
    })
final class ListTransactions implements Callable<Integer> {

  @Mixin private Look look = new Look();
  @Mixin private Listing listing = new Listing();

  @Override
  public Integer call() {
    Look.Result result = look.toRead((inspection, seen) -> seen);
    listing.print(
        result.seen().transactions().stream().map(ListTransactions::row).toList(),
        result.unreachable().isEmpty()
            ? "nothing is in doubt"
            : "nothing is in doubt where it could be asked");
    result.unshown().tell(listing.output());
    return result.unreachable().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static Row row(PendingTransaction pending) {
    Row row =
        new Row()
            .with("transaction", pending.id().toString())
            .with("state", state(pending))
            .with(
                "databases",
                pending.prepared().stream()
                    .map(PreparedBranch::participant)
                    .distinct()
                    .collect(Collectors.joining(" ")))
            .with("branches", pending.prepared().size());
    OwnerColumns.add(row, "coordinator", pending.coordinator());
    return row.field("trace", pending.trace().orElse(null))
        .field("note", pending.note().isEmpty() ? null : pending.note());
  }

  static String state(PendingTransaction pending) {
    return pending.state().name().toLowerCase(Locale.ROOT);
  }
}
