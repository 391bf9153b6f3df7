package io.holdfast.cli.locks;

import io.holdfast.admin.LockChange;
import io.holdfast.admin.LockQueues;
import io.holdfast.cli.console.ChangeQueue;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.NamePrefix;
import io.holdfast.cli.console.OwnerColumns;
import io.holdfast.cli.console.Teardown;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code holdfast locks watch}. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the holders and waiters, and then every change, until Ctrl-C.",
      "A new lock is seen within about a second; changes in quick succession may be printed as one.",
      "JSON, an object a line: at, change (acquired, queued, released, left), lock, owner, host, pid,"
          + " session, mode, token, purpose, trace, since, age_ms."
    })
final class WatchLocks implements Callable<Integer> {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();
  @Mixin private ChangeQueue.Limit limit = new ChangeQueue.Limit();
  @Mixin private NamePrefix names = new NamePrefix();

  @Override
  public Integer call() throws InterruptedException {
    limit.check();
    ChangeQueue<LockChange> changes = new ChangeQueue<>();
    try (Teardown teardown = new Teardown()) {
      LockQueues queues = new LockQueues(teardown.add(connection.open()));
      teardown.add(queues.watch(names.text(), changes::add));
      changes.forEach(limit, listing.output(), this::print);
      return ExitCode.OK;
    }
  }

  private void print(LockChange change) {
    Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    String kind = change.kind().name().toLowerCase(Locale.ROOT);
    Row row =
        new Row()
            .field("at", at.toString())
            .field("change", kind)
            .field("lock", change.lock().text());
    OwnerColumns.add(row, "owner", change.who().owner());
    row.field("session", change.who().session().orElse(null))
        .field("mode", change.who().mode())
        .field("token", change.who().token().toString())
        .field("purpose", change.who().purpose().orElse(null))
        .field("trace", change.who().traceId().orElse(null));
    listing.printLine(row, "%s  %-8s  %s  %s".formatted(at, kind, change.lock(), change.who()));
  }
}
