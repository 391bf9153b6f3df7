package io.holdfast.cli.render;

import io.holdfast.cli.console.Changes;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Teardown;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast services render}. */
@Command(
    name = "render",
    mixinStandardHelpOptions = true,
    description = {
      "Writes services as upstreams of nginx, backends of HAProxy, a file_sd file of Prometheus, an"
          + " EDS or CDS file of Envoy, or services for Traefik's file provider (YAML).",
      "The file is replaced in one step, and only by one that the program's own check accepts. A"
          + " service that has no instance up keeps those that it had: no upstream is ever empty."
          + " An instance whose host has no address is left out.",
      "With --watch, a drain waits until the file without the instance is written and --exec has"
          + " succeeded: give a command that returns when the proxy uses the new file."
    })
public final class RenderServices implements Callable<Integer> {

  /** As a shell reports a program that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  @Mixin private ClusterConnection connection = new ClusterConnection();

  @Parameters(
      index = "0",
      paramLabel = "PROXY",
      description = "nginx, haproxy, prometheus, envoy (EDS), envoy-cds or traefik")
  private ProxyKind kind = ProxyKind.NGINX;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME", description = "the services")
  private List<String> names = new ArrayList<>();

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "the file")
  private Path out = Path.of("");

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = ServiceInstance.HTTP,
      description = "the name of the instances' port (default: ${DEFAULT-VALUE})")
  private String port = ServiceInstance.HTTP;

  @Option(
      names = "--program",
      paramLabel = "PATH",
      description =
          "the program for the check (default: nginx, haproxy or promtool on the PATH; without a"
              + " check for envoy and traefik, unless this names a program)")
  private @Nullable String program;

  @Option(names = "--watch", description = "go on, and write it again after each change")
  private boolean watch;

  @Option(
      names = "--debounce",
      paramLabel = "DURATION",
      defaultValue = "500ms",
      description =
          "with --watch: write when there was no change for so long, and at the latest ten times"
              + " that after the first (default: ${DEFAULT-VALUE})")
  private Duration debounce = Duration.ofMillis(500);

  @Option(
      names = "--exec",
      paramLabel = "COMMAND",
      description = "what to run in a shell after each change, such as \"nginx -s reload\"")
  private @Nullable String reloadCommand;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path file = out.toAbsolutePath();
    if (!Files.isDirectory(Objects.requireNonNull(file.getParent(), "a file has a folder"))) {
      throw new IllegalArgumentException("--out: there is no folder " + file.getParent());
    }
    ConfigFile config =
        new ConfigFile(
            file,
            kind,
            Optional.ofNullable(program).or(kind::program),
            Optional.ofNullable(reloadCommand));
    Teardown teardown = new Teardown();
    try (teardown) {
      Coordinator coordinator = teardown.add(connection.open());
      Registry registry = teardown.add(new Registry(coordinator));
      List<ServiceView> views = names.stream().distinct().map(registry::view).toList();
      ConfigUpdater updater =
          new ConfigUpdater(views, port, kind, config, new Changes(debounce), this::say);
      awaitAll(views);
      if (watch) {
        updater.follow();
      } else if (!updater.once()) {
        throw new NotFoundException(
            "not every service has an instance that is up with a port '" + port + "'");
      }
      return ExitCode.OK;
    } catch (RuntimeException | InterruptedException e) {
      if (teardown.wasInterrupted()) {
        return INTERRUPTED;
      }
      throw e;
    }
  }

  private void awaitAll(List<ServiceView> views) throws InterruptedException {
    for (ServiceView view : views) {
      if (view.await(now -> now.freshness() == Freshness.LIVE, connection.timeout()).isEmpty()) {
        throw new UnavailableException(
            "the cluster did not say who serves "
                + view.service()
                + " within "
                + connection.timeout().toSeconds()
                + " s; try a longer --timeout");
      }
    }
  }

  private void say(String line) {
    output.errLine(line);
  }
}
