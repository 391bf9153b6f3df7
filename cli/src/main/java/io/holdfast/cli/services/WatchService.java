package io.holdfast.cli.services;

import io.holdfast.cli.console.ChangeQueue;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.Teardown;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceChange;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast services watch}. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the instances, and then every change, until Ctrl-C.",
      "Changes in quick succession may be printed as one. While the cluster is away, the view is"
          + " stale (printed as a change of freshness) and keeps its instances.",
      "JSON, an object a line: at, change (added, removed, updated, freshness), service, id, status,"
          + " own_status, host, weight, epoch, freshness, revision; id to epoch are null with"
          + " freshness."
    })
final class WatchService implements Callable<Integer> {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();
  @Mixin private ChangeQueue.Limit limit = new ChangeQueue.Limit();

  @Parameters(paramLabel = "NAME", description = "the service")
  private String name = "";

  /** One line; {@code who} is null when it is about the view as a whole. */
  private record Line(
      String kind, @Nullable RegisteredInstance who, Freshness freshness, long revision) {}

  @Override
  public Integer call() throws InterruptedException {
    limit.check();
    ChangeQueue<Line> changes = new ChangeQueue<>();
    try (Teardown teardown = new Teardown()) {
      Registry registry = teardown.add(new Registry(teardown.add(connection.open())));
      ServiceView view = registry.view(name);
      SnapshotDiff diff = new SnapshotDiff(ServiceSnapshot.unknown(name), changes);
      view.onChange(
          change -> {
            // After Ctrl-C the view goes stale because we leave, not because the cluster is away.
            if (!teardown.wasInterrupted()) {
              diff.next(change.after());
            }
          });
      // The changes before the listener was added.
      diff.next(view.snapshot());
      changes.forEach(limit, listing.output(), this::print);
      return ExitCode.OK;
    }
  }

  /** Queues what has changed since the previous snapshot. */
  private static final class SnapshotDiff {
    private final ChangeQueue<Line> into;

    /** Guarded by this. */
    private ServiceSnapshot last;

    SnapshotDiff(ServiceSnapshot nothing, ChangeQueue<Line> into) {
      this.last = nothing;
      this.into = into;
    }

    /** Ignores a snapshot older than the previous one. */
    synchronized void next(ServiceSnapshot now) {
      if (now.revision().compareTo(last.revision()) >= 0) {
        ServiceSnapshot before = last;
        last = now;
        split(new ServiceChange(before, now), into);
      }
    }
  }

  private static void split(ServiceChange change, ChangeQueue<Line> into) {
    each("removed", change.removed(), change, into);
    each("added", change.added(), change, into);
    each("updated", change.updated(), change, into);
    if (change.before().freshness() != change.after().freshness()) {
      into.add(line("freshness", null, change));
    }
  }

  private static void each(
      String kind, List<RegisteredInstance> those, ServiceChange change, ChangeQueue<Line> into) {
    those.forEach(who -> into.add(line(kind, who, change)));
  }

  private static Line line(String kind, @Nullable RegisteredInstance who, ServiceChange change) {
    return new Line(kind, who, change.after().freshness(), change.after().revision().value());
  }

  private void print(Line line) {
    Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    RegisteredInstance who = line.who;
    ServiceInstance instance = who == null ? null : who.instance();
    Row row =
        new Row()
            .field("at", at.toString())
            .field("change", line.kind)
            .field("service", name)
            .field("id", instance == null ? null : instance.id())
            .field("status", instance == null ? null : instance.status().name())
            .field("own_status", who == null ? null : who.ownStatus().name())
            .field("host", instance == null ? null : instance.host())
            .field("weight", instance == null ? null : instance.weight())
            .field("epoch", who == null ? null : who.epoch().value())
            .field("freshness", line.freshness.name())
            .field("revision", line.revision);
    String what =
        instance == null
            ? line.freshness.name()
            : "%s  %s  %s %s"
                .formatted(instance.id(), instance.status(), instance.host(), instance.ports());
    listing.printLine(row, "%s  %-9s  %s  %s".formatted(at, line.kind, name, what));
  }
}
