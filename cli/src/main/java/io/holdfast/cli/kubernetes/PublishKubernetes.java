package io.holdfast.cli.kubernetes;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Teardown;
import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.Registry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast services publish kubernetes}. */
@Command(
    name = "kubernetes",
    mixinStandardHelpOptions = true,
    description = {
      "Keeps EndpointSlices of Services in step with the registry, until Ctrl-C. A Service must be"
          + " there, without a selector, and headless as a rule (clusterIP: None).",
      "In a pod it needs no options about the API: the service account's token and CA are used,"
          + " which needs get on services, and list, create, update and delete on endpointslices"
          + " of discovery.k8s.io. Elsewhere give --api-server, or 'kubectl proxy' and"
          + " http://127.0.0.1:8001.",
      "Run several for availability: one writes, and the next goes on when it ends. While the"
          + " registry's cluster is away the slices stay as they are. A drain waits until the API"
          + " server has it, and --spread longer."
    })
final class PublishKubernetes implements Callable<Integer> {

  /** As a shell reports a program that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(
      arity = "1..*",
      paramLabel = "NAME[=SERVICE]",
      description = "the services, and what they are called in Kubernetes if that is not the same")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--publisher",
      paramLabel = "NAME",
      defaultValue = "holdfast",
      description =
          "those of one name publish the same services, and one of them writes; its slices carry"
              + " the name as a label (default: ${DEFAULT-VALUE})")
  private String publisher = "holdfast";

  @Option(
      names = "--debounce",
      paramLabel = "DURATION",
      defaultValue = "200ms",
      description =
          "write when there was no change for so long, and at the latest ten times that after the"
              + " first (default: ${DEFAULT-VALUE})")
  private Duration debounce = Duration.ofMillis(200);

  @Option(
      names = "--spread",
      paramLabel = "DURATION",
      defaultValue = "2s",
      description =
          "how long a drain waits after the write, for nodes and DNS to hear of it"
              + " (default: ${DEFAULT-VALUE})")
  private Duration spread = Duration.ofSeconds(2);

  @Option(
      names = "--resync",
      paramLabel = "DURATION",
      defaultValue = "30s",
      description =
          "read the slices again so often, and mend what others have changed"
              + " (default: ${DEFAULT-VALUE})")
  private Duration resync = Duration.ofSeconds(30);

  @Option(
      names = "--delete-orphans",
      description =
          "delete slices of this --publisher whose service is not given; otherwise they are told")
  private boolean deleteOrphans;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws InterruptedException {
    SlicePublisher.Settings settings = settings();
    ApiServer server = api.open();
    Teardown teardown = new Teardown();
    try (teardown) {
      Coordinator coordinator = teardown.add(connection.open());
      Registry registry = teardown.add(new Registry(coordinator));
      new Candidate(coordinator, registry, server, settings, output::errLine).run();
      return ExitCode.OK;
    } catch (RuntimeException | InterruptedException e) {
      if (teardown.wasInterrupted()) {
        return INTERRUPTED;
      }
      throw e;
    }
  }

  private SlicePublisher.Settings settings() {
    if (!LABEL.matcher(publisher).matches()) {
      throw new IllegalArgumentException(
          "--publisher: letters, digits, '-', '_' and '.', 63 of them at most");
    }
    if (resync.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("--resync is at least 1s");
    }
    Map<String, String> services = new LinkedHashMap<>();
    for (String name : names) {
      int equals = name.indexOf('=');
      String service = equals < 0 ? name : name.substring(0, equals);
      String target = equals < 0 ? name : name.substring(equals + 1);
      if (!Endpoint.DNS_LABEL.matcher(target).matches()) {
        throw new IllegalArgumentException(
            "'%s' cannot be the name of a Service of Kubernetes; write %s=NAME"
                .formatted(target, service));
      }
      if (services.containsValue(target)) {
        throw new IllegalArgumentException("the Service '" + target + "' is given twice");
      }
      services.put(service, target);
    }
    return new SlicePublisher.Settings(
        publisher,
        services,
        debounce,
        resync,
        spread,
        deleteOrphans ? SlicePublisher.Orphans.DELETE : SlicePublisher.Orphans.KEEP);
  }
}
