package io.holdfast.cli.services;

import io.holdfast.admin.DirectoryListing;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.NamePrefix;
import io.holdfast.cli.console.SkippedEntries;
import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.admin.RegistryAdmin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
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
final class ListServices implements Callable<Integer> {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();
  @Mixin private NamePrefix names = new NamePrefix();

  @Override
  public Integer call() {
    List<Row> rows = new ArrayList<>();
    SkippedEntries skipped = new SkippedEntries();
    try (Coordinator coordinator = connection.openToRead()) {
      RegistryAdmin registry = new RegistryAdmin(coordinator);
      DirectoryListing<String> there = connection.await(registry.inspectServices());
      there.unreadable().forEach(skipped::add);
      for (String service : there.found()) {
        if (names.includes(service)) {
          skipped
              .read("service " + service, () -> connection.await(registry.inspect(service)))
              .ifPresent(inspection -> add(inspection, rows, skipped));
        }
      }
    }
    listing.print(rows, "no service has an instance");
    return skipped.report(listing.output());
  }

  private static void add(
      RegistryAdmin.Inspection inspection, List<Row> rows, SkippedEntries skipped) {
    inspection.unreadable().forEach(skipped::add);
    if (!inspection.snapshot().isEmpty()) {
      rows.add(summary(inspection.snapshot()));
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
        .with(
            "overridden",
            snapshot.instances().stream().filter(each -> each.override().isPresent()).count())
        .field("freshness", snapshot.freshness().name())
        .with("revision", snapshot.revision().value());
  }
}
