package io.holdfast.cli.services;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.Operator;
import io.holdfast.cli.console.Reason;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.admin.RegistryAdmin;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast services drain}. */
@Command(
    name = "drain",
    mixinStandardHelpOptions = true,
    description = {
      "Takes an instance out of rotation, and waits until no client chooses it any more.",
      "It counts as draining until clear-override. The instance itself finishes the requests that it"
          + " already has.",
      "JSON: service, id, complete, behind and departed (clients, with commas), took_ms, revision.",
      "Exit code 1: some clients had not taken it out within --wait; they are named."
    })
final class DrainInstance implements Callable<Integer> {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();

  @Parameters(
      arity = "1..2",
      paramLabel = TargetInstance.PARAMETERS,
      hideParamSyntax = true,
      description = TargetInstance.DESCRIPTION)
  private List<String> words = new ArrayList<>();

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      defaultValue = "30s",
      description = "for the clients, at most (default: ${DEFAULT-VALUE})")
  private Duration wait = Duration.ofSeconds(30);

  @Mixin private Reason reason = new Reason();

  @Override
  public Integer call() throws InterruptedException {
    try (Coordinator coordinator = connection.open()) {
      RegistryAdmin registry = new RegistryAdmin(coordinator);
      TargetInstance target = TargetInstance.of(words, registry, connection);
      target.required();
      DrainResult drained = drain(registry, target);
      listing.print(List.of(row(drained)), "");
      return drained.isComplete() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
  }

  private DrainResult drain(RegistryAdmin registry, TargetInstance target)
      throws InterruptedException {
    Duration bound = Durations.bounded(wait).plus(connection.timeout());
    try {
      return registry
          .drain(target.service(), target.id(), Operator.name(), reason.text(), wait)
          .get(Durations.nanos(bound), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known
          ? known
          : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new UnavailableException(
          "the cluster did not answer within " + Durations.text(bound), e);
    }
  }

  private static Row row(DrainResult drained) {
    return new Row()
        .with("service", drained.service())
        .with("id", drained.id())
        .with("complete", drained.isComplete())
        .with("behind", named(drained.behind()))
        .with("departed", named(drained.departed()))
        .shown("took", Listing.age(drained.took()))
        .field("took_ms", drained.took().toMillis())
        .field("revision", drained.revision().value());
  }

  private static String named(List<DrainResult.Client> clients) {
    return clients.stream()
        .map(
            client ->
                "%s@%s:%d"
                    .formatted(client.owner().name(), client.owner().host(), client.owner().pid()))
        .collect(Collectors.joining(","));
  }
}
