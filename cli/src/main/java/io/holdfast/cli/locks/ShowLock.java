package io.holdfast.cli.locks;

import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.OwnerColumns;
import io.holdfast.coordination.Coordinator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast locks show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Shows a lock's queue, the front first.",
      "A stray is a place that belongs to no session: it holds nothing, and later waiters wait for it.",
      "JSON: position, role (holder, waiter or stray), owner, host, pid, session, mode, token, purpose, trace, thread, shared,"
          + " since, held_at_most_ms, waited_ms, path."
    })
final class ShowLock implements Runnable {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();

  @Parameters(paramLabel = "NAME", description = "the lock")
  private String name = "";

  @Override
  public void run() {
    List<QueueMember> queue;
    try (Coordinator coordinator = connection.openToRead()) {
      queue = connection.await(new LockQueues(coordinator).queue(name));
    }
    if (queue.isEmpty()) {
      throw new NotFoundException("nobody holds lock '" + name + "' or waits for it");
    }
    listing.print(queue.stream().map(ShowLock::row).toList(), "");
  }

  private static Row row(QueueMember queued) {
    Row row =
        new Row()
            .with("position", queued.position())
            .with("role", queued.role().name().toLowerCase(Locale.ROOT));
    OwnerColumns.add(row, "owner", queued);
    return row.with("session", queued.session().orElse(null))
        .with("mode", queued.mode())
        .with("token", queued.token().toString())
        .with("purpose", queued.purpose().orElse(null))
        .with("trace", queued.traceId().orElse(null))
        .with("thread", queued.thread().map(thread -> thread(queued, thread)).orElse(null))
        .field("shared", queued.isShared())
        .with("path", queued.nativePath());
  }

  /** Only the process itself knows which of its threads has a shared place, and how many wait. */
  private static String thread(QueueMember queued, String thread) {
    return queued.isShared() ? thread + " (shared)" : thread;
  }
}
