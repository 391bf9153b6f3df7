package io.holdfast.cli.services;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.SkippedEntries;
import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.StatusOverride;
import io.holdfast.registry.admin.RegistryAdmin;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast services show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the instances of a service.",
      "The status is the one that clients use: an operator's override if there is one; the instance's"
          + " own status stands beside it.",
      "JSON: id, status, own_status, override_by, override_at, override_reason, host, port_NAME for"
          + " each port, weight, region, zone, version, tags, epoch, freshness, as_of, meta_NAME for"
          + " each metadata entry."
    })
final class ShowService implements Runnable {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();

  @Parameters(paramLabel = "NAME", description = "the service")
  private String name = "";

  @Override
  public void run() {
    RegistryAdmin.Inspection inspection;
    try (Coordinator coordinator = connection.openToRead()) {
      RegistryAdmin registry = new RegistryAdmin(coordinator);
      inspection = connection.await(registry.inspect(name));
    }
    SkippedEntries skipped = new SkippedEntries();
    inspection.unreadable().forEach(skipped::add);
    skipped.report(listing.output());
    ServiceSnapshot snapshot = inspection.snapshot();
    if (snapshot.isEmpty()) {
      throw new NotFoundException("service '" + name + "' has no instance");
    }
    listing.print(snapshot.instances().stream().map(each -> row(each, snapshot)).toList(), "");
  }

  private static Row row(RegisteredInstance registered, ServiceSnapshot snapshot) {
    ServiceInstance instance = registered.instance();
    Optional<StatusOverride> override = registered.override();
    Row row =
        new Row()
            .with("id", instance.id())
            .with("status", instance.status().name())
            .with("own_status", registered.ownStatus().name())
            .shown("override", override.map(ShowService::said).orElse(null))
            .field("override_by", override.map(StatusOverride::by).orElse(null))
            .field("override_at", override.map(there -> there.at().toString()).orElse(null))
            .field("override_reason", override.map(StatusOverride::why).orElse(null))
            .with("host", instance.host())
            .shown("ports", pairs(instance.ports()))
            .with("weight", instance.weight())
            .field("region", orNull(instance.region()))
            .with("zone", orNull(instance.zone()))
            .with("version", orNull(instance.version()))
            .with("tags", String.join(",", instance.tags()))
            .with("epoch", registered.epoch().value())
            .field("freshness", snapshot.freshness().name())
            .field("as_of", snapshot.asOf().toString())
            .shown("metadata", pairs(instance.metadata()));
    new TreeMap<>(instance.ports()).forEach((name, port) -> row.field("port_" + name, port));
    new TreeMap<>(instance.metadata()).forEach((name, value) -> row.field("meta_" + name, value));
    return row;
  }

  private static String said(StatusOverride override) {
    String why = override.why().isBlank() ? "" : ": " + override.why();
    return "by " + override.by() + why;
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
