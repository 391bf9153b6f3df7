package io.holdfast.cli.transactions;

import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.coordination.Owner;
import io.holdfast.transaction.PendingTransaction;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code holdfast transactions list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the transactions with a branch that waits for the decision in one of the databases:"
          + " prepared, tried (TCC), or money held (escrow). A healthy transaction shows up only"
          + " while it commits. Nothing is written.",
      "State: running; orphaned (its coordinator is dead; the next process to look closes its"
          + " epoch); committing; aborting; lost (an operator has to decide how it ends);"
          + " decided_elsewhere (the decision is in a database that was not given); unreadable.",
      "Waits: the age of its oldest branch, by the database's clock; MariaDB does not have it."
          + " Coordinator, and in JSON coordinator_*: the process that began it, and when that"
          + " process started to coordinate; empty once its epoch is closed.",
      "JSON: transaction, state, databases, branches, forms, waits_ms, coordinator,"
          + " coordinator_host, coordinator_pid, coordinator_since, trace, note.",
      "Exit code 1: a database could not be asked."
    })
final class ListTransactions implements Callable<Integer> {

  @Mixin private TransactionLookup lookup = new TransactionLookup();
  @Mixin private Listing listing = new Listing();

  @Override
  public Integer call() {
    TransactionLookup.Result result = lookup.toRead((inspection, seen) -> seen);
    listing.print(
        result.seen().transactions().stream().map(ListTransactions::row).toList(),
        result.unreachable().isEmpty()
            ? "nothing is in doubt"
            : "nothing is in doubt where it could be asked");
    result.skipped().report(listing.output());
    return result.unreachable().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static Row row(PendingTransaction pending) {
    return new Row()
        .with("transaction", pending.id().toString())
        .with("state", state(pending))
        .with("databases", distinct(pending, PreparedBranch::participant))
        .with("branches", pending.prepared().size())
        .field("forms", distinct(pending, ListTransactions::form))
        .shown("waits", pending.age().map(Listing::age).orElse(null))
        .field("waits_ms", pending.age().map(Duration::toMillis).orElse(null))
        .shown("coordinator", pending.coordinator().map(ListTransactions::process).orElse(null))
        .field("coordinator", pending.coordinator().map(Owner::name).orElse(null))
        .field("coordinator_host", pending.coordinator().map(Owner::host).orElse(null))
        .field("coordinator_pid", pending.coordinator().map(Owner::pid).orElse(null))
        .field(
            "coordinator_since",
            pending.coordinator().map(Owner::since).map(Instant::toString).orElse(null))
        .field("trace", pending.trace().orElse(null))
        .field("note", pending.note().isEmpty() ? null : pending.note());
  }

  private static String distinct(
      PendingTransaction pending, Function<PreparedBranch, String> text) {
    return pending.prepared().stream().map(text).distinct().collect(Collectors.joining(" "));
  }

  private static String process(Owner owner) {
    return owner.name() + "@" + owner.host() + "/" + owner.pid();
  }

  static String form(PreparedBranch branch) {
    return branch.form().name().toLowerCase(Locale.ROOT);
  }

  static String state(PendingTransaction pending) {
    return pending.state().name().toLowerCase(Locale.ROOT);
  }
}
