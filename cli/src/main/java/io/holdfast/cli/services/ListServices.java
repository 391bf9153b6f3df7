package io.holdfast.cli.services;

import io.holdfast.cli.console.Connection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.NamePrefix;
import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast services list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the services that have instances.",
      "JSON: service, instances, up, overridden (by an operator), freshness, revision."
    })
final class ListServices implements Runnable {

  @Mixin private Connection connection = new Connection();
  @Mixin private Listing listing = new Listing();
  @Mixin private NamePrefix names = new NamePrefix();

  @Override
  public void run() {
    List<Row> rows = new ArrayList<>();
    try (Coordinator coordinator = connection.open();
        Registry registry = new Registry(coordinator)) {
      for (String service : connection.await(registry.services())) {
        if (names.includes(service)) {
          ServiceSnapshot snapshot = connection.await(registry.list(service));
          if (!snapshot.isEmpty()) {
            rows.add(summary(snapshot));
          }
        }
      }
    }
    listing.print(rows, "no service has an instance");
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
        .with(
            "overridden",
            snapshot.instances().stream().filter(each -> each.override().isPresent()).count())
        .field("freshness", snapshot.freshness().name())
        .with("revision", snapshot.revision().value());
  }
}
