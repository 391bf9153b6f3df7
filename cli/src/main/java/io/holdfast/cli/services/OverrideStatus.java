package io.holdfast.cli.services;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Operator;
import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Reason;
import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.admin.RegistryAdmin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast services override}. */
@Command(
    name = "override",
    mixinStandardHelpOptions = true,
    description = {
      "Sets the status that clients see for an instance, in place of its own.",
      "It lasts until clear-override, also for a restarted instance of that id. STATUS: starting,"
          + " up, draining, down, out_of_service. With NAME and ID it need not be registered yet."
    })
final class OverrideStatus implements Runnable {

  @Mixin private ClusterConnection connection = new ClusterConnection();

  @Parameters(
      arity = "2..3",
      paramLabel = TargetInstance.PARAMETERS + " STATUS",
      hideParamSyntax = true,
      description = TargetInstance.DESCRIPTION + "; then the status")
  private List<String> words = new ArrayList<>();

  @Mixin private Reason reason = new Reason();

  @Mixin private Output output = new Output();

  @Override
  public void run() {
    InstanceStatus status = status(words.get(words.size() - 1));
    try (Coordinator coordinator = connection.open()) {
      RegistryAdmin registry = new RegistryAdmin(coordinator);
      TargetInstance target =
          TargetInstance.of(words.subList(0, words.size() - 1), registry, connection);
      connection.await(
          registry.override(target.service(), target.id(), status, Operator.name(), reason.text()));
      output.line(
          target
              + " counts as "
              + status
              + " until clear-override"
              + (target.found().isPresent()
                  ? ""
                  : "; no such instance is registered now: it will count when one is"));
    }
  }

  private static InstanceStatus status(String text) {
    try {
      return InstanceStatus.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "not a status: '" + text + "'; one of " + Arrays.toString(InstanceStatus.values()), e);
    }
  }
}
