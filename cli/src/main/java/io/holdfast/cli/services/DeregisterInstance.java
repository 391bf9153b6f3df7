package io.holdfast.cli.services;

import io.holdfast.cli.console.Connection;
import io.holdfast.cli.console.Consent;
import io.holdfast.cli.console.Operator;
import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.Registered;
import io.holdfast.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    try (Coordinator coordinator = connection.open();
        Registry registry = new Registry(coordinator)) {
      Target target = Target.of(words, registry, connection);
      Registered there = target.required();
      String deed =
          "remove %s, %s at %s"
              .formatted(target, there.instance().status(), there.instance().host());
      if (consent.to(deed)) {
        connection.await(
            registry.deregister(target.service(), target.id(), Operator.name(), consent.reason()));
        var out = Objects.requireNonNull(spec, "picocli makes this").commandLine().getOut();
        out.println("removed; a live instance publishes itself again unless it is overridden");
        out.flush();
      }
    }
  }
}
