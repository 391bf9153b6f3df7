package io.holdfast.cli.locks;

import io.holdfast.admin.DirectoryListing;
import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.admin.QueueMember.Role;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.NamePrefix;
import io.holdfast.cli.console.OwnerColumns;
import io.holdfast.cli.console.SkippedEntries;
import io.holdfast.coordination.Coordinator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast locks list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the locks that are held.",
      "JSON: name, holder, host, pid, session, mode, token, purpose, trace, since,"
          + " held_at_most_ms, waiters, path."
    })
final class ListLocks implements Callable<Integer> {

  private static final String STRAY =
      "it belongs to no session, and later waiters wait for it; to remove it: locks release %s --place"
          + " %d";

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();
  @Mixin private NamePrefix names = new NamePrefix();

  @Override
  public Integer call() {
    List<Row> rows = new ArrayList<>();
    SkippedEntries skipped = new SkippedEntries();
    try (Coordinator coordinator = connection.openToRead()) {
      LockQueues queues = new LockQueues(coordinator);
      DirectoryListing<String> there = connection.await(queues.inspectNames());
      there.unreadable().forEach(skipped::add);
      for (String name : there.found()) {
        if (names.includes(name)) {
          skipped
              .read("lock " + name, () -> connection.await(queues.queue(name)))
              .flatMap(
                  queue -> row(name, queue, connection.await(queues.nativePath(name)), skipped))
              .ifPresent(rows::add);
        }
      }
    }
    listing.print(rows, "no lock is held");
    return skipped.report(listing.output());
  }

  private static Optional<Row> row(
      String name, List<QueueMember> queue, String path, SkippedEntries skipped) {
    queue.stream()
        .filter(each -> each.role() == Role.STRAY)
        .forEach(each -> skipped.add(each.nativePath(), STRAY.formatted(name, each.position())));
    return queue.stream()
        .filter(each -> each.role() == Role.HOLDER)
        .findFirst()
        .map(holder -> row(name, holder, waiters(queue), path));
  }

  private static long waiters(List<QueueMember> queue) {
    return queue.stream().filter(each -> each.role() != Role.STRAY).count() - 1;
  }

  private static Row row(String name, QueueMember holder, long waiters, String path) {
    Row row = new Row().with("name", name);
    OwnerColumns.addHolder(row, "holder", holder);
    return row.field("session", holder.session().orElse(null))
        .with("mode", holder.mode())
        .with("token", holder.token().toString())
        .with("purpose", holder.purpose().orElse(null))
        .field("trace", holder.traceId().orElse(null))
        .with("waiters", waiters)
        .with("path", path);
  }
}
