package io.holdfast.cli.transactions;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.OwnerColumns;
import io.holdfast.coordination.Coordinator;
import io.holdfast.transaction.CoordinatorEpoch;
import io.holdfast.transaction.TransactionInspection;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast transactions epochs}. */
@Command(
    name = "epochs",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the coordinators of transactions: who may decide, who is dead, and what is remembered.",
      "State: open; orphaned (the process is dead; the next process to look closes the epoch);"
          + " closed (kept to answer callers; the process shown is the one that closed it). Age:"
          + " since the epoch was opened or closed.",
      "JSON: epoch, state, coordinator, host, pid, since, age_ms, decisions (kept in the cluster)."
    })
final class ListEpochs implements Runnable {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();

  @Override
  public void run() {
    List<CoordinatorEpoch> epochs;
    try (Coordinator coordinator = connection.openToRead()) {
      epochs = connection.await(new TransactionInspection(coordinator, List.of()).look()).epochs();
    }
    listing.print(epochs.stream().map(ListEpochs::row).toList(), "there is no epoch");
  }

  private static Row row(CoordinatorEpoch epoch) {
    Row row =
        new Row()
            .with("epoch", epoch.name())
            .with("state", epoch.state().name().toLowerCase(Locale.ROOT));
    OwnerColumns.add(row, "coordinator", epoch.coordinator());
    return row.with("decisions", epoch.decisions());
  }
}
