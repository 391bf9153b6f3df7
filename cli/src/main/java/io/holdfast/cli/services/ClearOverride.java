package io.holdfast.cli.services;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Operator;
import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Reason;
import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.admin.RegistryAdmin;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast services clear-override}. */
@Command(
    name = "clear-override",
    mixinStandardHelpOptions = true,
    description = "Removes an override or a drain: the instance's own status counts again.")
final class ClearOverride implements Runnable {

  @Mixin private ClusterConnection connection = new ClusterConnection();

  @Parameters(
      arity = "1..2",
      paramLabel = TargetInstance.PARAMETERS,
      hideParamSyntax = true,
      description = TargetInstance.DESCRIPTION)
  private List<String> words = new ArrayList<>();

  @Mixin private Reason reason = new Reason();
  @Mixin private Output output = new Output();

  @Override
  public void run() {
    try (Coordinator coordinator = connection.open()) {
      RegistryAdmin registry = new RegistryAdmin(coordinator);
      TargetInstance target = TargetInstance.of(words, registry, connection);
      boolean cleared =
          connection.await(
              registry.clearOverride(
                  target.service(), target.id(), Operator.name(), reason.text()));
      output.line(
          target + (cleared ? " is not overridden any more" : " was not overridden: nothing done"));
    }
  }
}
