package io.holdfast.cli.services;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Teardown;
import io.holdfast.cli.console.WrappedCommand;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.HealthCheck;
import io.holdfast.registry.HealthPolicy;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.spi.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast services register}. */
@Command(
    name = "register",
    mixinStandardHelpOptions = true,
    customSynopsis =
        "holdfast services register [OPTIONS] NAME --id ID --host HOST --port NAME=PORT"
            + " [-- COMMAND [ARGUMENT]...]",
    description = {
      "Registers an instance for as long as a command runs, or until Ctrl-C.",
      "For programs that cannot do it themselves. On Ctrl-C or SIGTERM it first takes the"
          + " instance out of rotation and waits for the clients, then ends the command, then"
          + " withdraws the instance. The command finds HOLDFAST_SERVICE and HOLDFAST_INSTANCE in"
          + " its environment; its exit code is ours: 126 if it cannot be run."
    })
final class RegisterInstance implements Callable<Integer> {

  private static final int CANNOT_RUN = 126;
  private static final int INTERRUPTED = 130;

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private InstanceOptions options = new InstanceOptions();

  @Option(
      names = "--drain",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "for the clients to take it out, at most (default: ${DEFAULT-VALUE})")
  private Duration drain = Duration.ofSeconds(10);

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      defaultValue = "5s",
      description = "from asking the command to end until killing it (default: ${DEFAULT-VALUE})")
  private Duration grace = Duration.ofSeconds(5);

  @Parameters(index = "0", paramLabel = "NAME", description = "the service")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "the command and its arguments, after --")
  private List<String> command = new ArrayList<>();

  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws InterruptedException {
    ServiceInstance instance = options.of(name);
    Optional<HealthCheck> check = options.check();
    Teardown teardown = new Teardown();
    try (teardown) {
      Registry registry = teardown.add(new Registry(teardown.add(connection.open())));
      // Before the registration, so that no client is sent to a program that cannot even start.
      Optional<WrappedCommand> running = start(instance);
      running.ifPresent(teardown::add);
      Registration registration = register(registry, instance, check);
      teardown.add(() -> leave(registration, running));
      say("registered " + instance.service() + "/" + instance.id());
      if (running.isPresent()) {
        return running.get().exitCode();
      }
      new CountDownLatch(1).await();
      return INTERRUPTED;
    } catch (IOException e) {
      say(String.valueOf(e.getMessage()));
      return CANNOT_RUN;
    } catch (RuntimeException e) {
      if (teardown.wasInterrupted()) {
        return INTERRUPTED;
      }
      throw e;
    }
  }

  private Optional<WrappedCommand> start(ServiceInstance instance) throws IOException {
    return command.isEmpty()
        ? Optional.empty()
        : Optional.of(
            WrappedCommand.start(
                command,
                Map.of("HOLDFAST_SERVICE", instance.service(), "HOLDFAST_INSTANCE", instance.id()),
                grace));
  }

  private static Registration register(
      Registry registry, ServiceInstance instance, Optional<HealthCheck> check)
      throws InterruptedException {
    return check.isEmpty()
        ? registry.register(instance)
        : registry.register(instance, check.get(), HealthPolicy.defaults());
  }

  /** Drains only while the command still runs: once it has ended, nothing can be served. */
  private void leave(Registration registration, Optional<WrappedCommand> running)
      throws InterruptedException {
    if (running.isEmpty() || running.get().isRunning()) {
      try {
        DrainResult drained =
            registration.drain(drain).get(Durations.nanos(drain) * 2 + 1, TimeUnit.NANOSECONDS);
        say(drained.toString());
      } catch (ExecutionException | TimeoutException e) {
        say("not drained: " + e.getMessage());
      }
    }
    registration.closeAsync();
  }

  private void say(String line) {
    output.errLine(line);
  }
}
