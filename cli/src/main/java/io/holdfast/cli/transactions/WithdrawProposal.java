package io.holdfast.cli.transactions;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Reason;
import io.holdfast.coordination.Coordinator;
import io.holdfast.transaction.OperatorIdentity;
import io.holdfast.transaction.ProposedResolution;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.TransactionInspection;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast transactions withdraw}. */
@Command(
    name = "withdraw",
    mixinStandardHelpOptions = true,
    description = {
      "Withdraws what was proposed for a transaction, whoever has proposed it.",
      "Exit code 4: nothing is proposed for it."
    })
final class WithdrawProposal implements Runnable {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private OperatorOptions operator = new OperatorOptions();
  @Mixin private Reason reason = new Reason();
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "ID", description = "the transaction, as proposals prints it")
  private String id = "";

  @Override
  public void run() {
    TransactionId transaction = TransactionLookup.id(id);
    try (Coordinator coordinator = connection.open()) {
      TransactionInspection inspection = new TransactionInspection(coordinator, List.of());
      OperatorIdentity by = operator.identify(connection, coordinator);
      List<ProposedResolution> there =
          connection.await(inspection.proposals()).found().stream()
              .filter(each -> each.transaction().equals(transaction))
              .toList();
      if (there.isEmpty()) {
        throw new NotFoundException("nothing is proposed for " + transaction);
      }
      for (ProposedResolution each : there) {
        connection.await(inspection.withdraw(each, by, reason.text()));
      }
      output.line("withdrawn");
    }
  }
}
