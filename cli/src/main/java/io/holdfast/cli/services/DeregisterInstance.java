package io.holdfast.cli.services;

import io.holdfast.cli.console.Connection;
import io.holdfast.cli.console.Consent;
import io.holdfast.cli.console.Operator;
import io.holdfast.cli.console.Output;
import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
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
      "Removes an instance's entry, whoever registered it.",
      "An instance that lives publishes itself again when it notices: to keep it out, override it to"
          + " out_of_service; to take it out gently, drain it. Without --yes it only says what it"
          + " would do."
    })
final class DeregisterInstance implements Runnable {

  @Mixin private Connection connection = new Connection();
  @Mixin private Consent consent = new Consent();

  @Parameters(
      arity = "1..2",
      paramLabel = Target.PARAMETERS,
      hideParamSyntax = true,
      description = Target.DESCRIPTION)
  private List<String> words = new ArrayList<>();

  @Mixin private Output output = new Output();

  @Override
  public void run() {
    try (Coordinator coordinator = connection.open();
        Registry registry = new Registry(coordinator)) {
      Target target = Target.of(words, registry, connection);
      String deed =
          target.found().isEmpty() && target.isUnreadable(registry, connection)
              ? "remove " + target + ", which cannot be read"
              : deed(target, target.required());
      if (consent.to(deed)) {
        connection.await(
            registry.deregister(target.service(), target.id(), Operator.name(), consent.reason()));
        output.line("removed; a live instance publishes itself again unless it is overridden");
      }
    }
  }

  private static String deed(Target target, RegisteredInstance there) {
    return "remove %s, %s at %s"
        .formatted(target, there.instance().status(), there.instance().host());
  }
}
