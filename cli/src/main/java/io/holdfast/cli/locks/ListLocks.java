package io.holdfast.cli.locks;

import io.holdfast.cli.console.Connection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.NamePrefix;
import io.holdfast.cli.console.OwnerColumns;
import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.Locks;
import io.holdfast.lock.QueuedOwner;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast locks list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the locks that are held.",
      "JSON: name, holder, host, pid, session, mode, token, purpose, trace, since, age_ms,"
          + " waiters, path."
    })
final class ListLocks implements Runnable {

  @Mixin private Connection connection = new Connection();
  @Mixin private Listing listing = new Listing();
  @Mixin private NamePrefix names = new NamePrefix();

  @Override
  public void run() {
    List<Row> rows = new ArrayList<>();
    try (Coordinator coordinator = connection.open()) {
      Locks locks = new Locks(coordinator);
      for (String name : connection.await(locks.names())) {
        if (names.includes(name)) {
          List<QueuedOwner> queue = connection.await(locks.queue(name));
          if (!queue.isEmpty()) {
            rows.add(row(name, queue, connection.await(locks.nativePath(name))));
          }
        }
      }
    }
    listing.print(rows, "no lock is held");
  }

  private static Row row(String name, List<QueuedOwner> queue, String path) {
    QueuedOwner holder = queue.get(0);
    Row row = new Row().with("name", name);
    OwnerColumns.add(row, "holder", holder.owner());
    return row.field("session", holder.session().orElse(null))
        .with("mode", holder.mode())
        .with("token", holder.token().toString())
        .with("purpose", holder.purpose().orElse(null))
        .field("trace", holder.traceId().orElse(null))
        .with("waiters", queue.size() - 1)
        .with("path", path);
  }
}
