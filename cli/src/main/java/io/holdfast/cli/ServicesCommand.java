package io.holdfast.cli;

import io.holdfast.cli.Listing.Row;
import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registered;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast services}. */
@Command(
    name = "services",
    description = "Which services there are, and where their instances run.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(list | show)")
final class ServicesCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "list or show?");
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "Lists the services that have instances.",
        "JSON: service, instances, up, revision."
      })
  void list(
      @Mixin Connection connection,
      @Mixin Listing listing,
      @Parameters(
              arity = "0..1",
              paramLabel = "PREFIX",
              defaultValue = "",
              description = "only names that begin so")
          String prefix) {
    List<Row> rows = new ArrayList<>();
    try (Coordinator coordinator = connection.open();
        Registry registry = new Registry(coordinator)) {
      for (String service : connection.await(registry.services())) {
        if (service.startsWith(prefix)) {
          ServiceSnapshot snapshot = connection.await(registry.list(service));
          if (!snapshot.isEmpty()) {
            rows.add(summary(snapshot));
          }
        }
      }
    }
    print(listing, rows, "no service has an instance");
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = {
        "Shows the instances of a service.",
        "JSON: id, status, host, port_NAME for each port, weight, zone, version, tags, epoch,"
            + " meta_NAME for each metadata entry."
      })
  void show(
      @Mixin Connection connection,
      @Mixin Listing listing,
      @Parameters(paramLabel = "NAME", description = "the service") String name) {
    ServiceSnapshot snapshot;
    try (Coordinator coordinator = connection.open();
        Registry registry = new Registry(coordinator)) {
      snapshot = connection.await(registry.list(name));
    }
    if (snapshot.isEmpty()) {
      throw new NotFoundException("service '" + name + "' has no instance");
    }
    print(listing, snapshot.instances().stream().map(ServicesCommand::row).toList(), "");
  }

  private void print(Listing listing, List<Row> rows, String nothing) {
    if (spec != null) {
      listing.print(spec.commandLine().getOut(), rows, nothing);
    }
  }

  private static Row summary(ServiceSnapshot snapshot) {
    Map<InstanceStatus, Long> statuses =
        snapshot.instances().stream()
            .collect(
                Collectors.groupingBy(
                    registered -> registered.instance().status(),
                    TreeMap::new,
                    Collectors.counting()));
    return new Row()
        .with("service", snapshot.service())
        .with("instances", snapshot.instances().size())
        .with("up", statuses.getOrDefault(InstanceStatus.UP, 0L))
        .with("revision", snapshot.revision().value());
  }

  private static Row row(Registered registered) {
    ServiceInstance instance = registered.instance();
    Row row =
        new Row()
            .with("id", instance.id())
            .with("status", instance.status().name())
            .with("host", instance.host())
            .shown("ports", pairs(instance.ports()))
            .with("weight", instance.weight())
            .with("zone", orNull(instance.zone()))
            .with("version", orNull(instance.version()))
            .with("tags", String.join(",", instance.tags()))
            .with("epoch", registered.epoch().value())
            .shown("metadata", pairs(instance.metadata()));
    new TreeMap<>(instance.ports()).forEach((name, port) -> row.field("port_" + name, port));
    new TreeMap<>(instance.metadata()).forEach((name, value) -> row.field("meta_" + name, value));
    return row;
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static String pairs(Map<String, ?> map) {
    return map.isEmpty()
        ? "-"
        : new TreeMap<>(map)
            .entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
  }
}
