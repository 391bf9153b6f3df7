package io.holdfast.cli.services;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Confirmation;
import io.holdfast.cli.console.Operator;
import io.holdfast.cli.console.Output;
import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.admin.RegistryAdmin;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast services deregister}. */
@Command(
    name = "deregister",
    mixinStandardHelpOptions = true,
    description = {
      "Removes an instance's entry, no matter which process registered it.",
      "A live instance publishes itself again as soon as it notices: to keep it out, override it to"
          + " out_of_service; to take it out gently, drain it. Without --yes it only says what it"
          + " would do."
    })
final class DeregisterInstance implements Runnable {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Confirmation confirmation = new Confirmation();

  @Parameters(
      arity = "1..2",
      paramLabel = TargetInstance.PARAMETERS,
      hideParamSyntax = true,
      description = TargetInstance.DESCRIPTION)
  private List<String> words = new ArrayList<>();

  @Mixin private Output output = new Output();

  @Override
  public void run() {
    try (Coordinator coordinator = connection.open()) {
      RegistryAdmin registry = new RegistryAdmin(coordinator);
      TargetInstance target = TargetInstance.of(words, registry, connection);
      String action =
          target.found().isEmpty() && target.isUnreadable(registry, connection)
              ? "remove " + target + ", which cannot be read"
              : action(target, target.required());
      if (confirmation.given(action)) {
        connection.await(
            registry.deregister(
                target.service(), target.id(), Operator.name(), confirmation.reason()));
        output.line("removed; a live instance publishes itself again unless it is overridden");
      }
    }
  }

  private static String action(TargetInstance target, RegisteredInstance there) {
    return "remove %s, %s at %s"
        .formatted(target, there.instance().status(), there.instance().host());
  }
}
