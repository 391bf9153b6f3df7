package io.holdfast.cli.locks;

import io.holdfast.admin.Deadlocks;
import io.holdfast.admin.Deadlocks.Cycle;
import io.holdfast.admin.Deadlocks.Wait;
import io.holdfast.admin.QueueMember;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.OwnerColumns;
import io.holdfast.coordination.Coordinator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code holdfast locks deadlocks}. */
@Command(
    name = "deadlocks",
    mixinStandardHelpOptions = true,
    description = {
      "Finds threads that wait for each other's locks in a circle, across processes.",
      "Each line waits for the next of its cycle, the last for the first. To break a cycle, remove"
          + " one of its waiters from the queue: locks release NAME --place POSITION --yes. Its wait fails"
          + " with your name and reason, it releases what it holds, and the others go on.",
      "A wait is uncertain (perhaps) if threads share the place and their process does not say within"
          + " two seconds which of them has it: then it may be another thread than the one named.",
      "JSON: cycle, certain, lock, position, waiter, host, pid, session, thread, purpose, mode, token, since,"
          + " held_at_most_ms, waited_ms, behind (tokens, with commas).",
      "Exit code 1: there is a deadlock."
    })
final class FindDeadlocks implements Callable<Integer> {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();

  @Override
  public Integer call() {
    List<Cycle> cycles;
    try (Coordinator coordinator = connection.open()) {
      cycles = connection.await(new Deadlocks(coordinator).find());
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < cycles.size(); i++) {
      for (Wait wait : cycles.get(i).waits()) {
        rows.add(row(i + 1, wait));
      }
    }
    listing.print(rows, "nobody waits in a circle");
    return cycles.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static Row row(int cycle, Wait wait) {
    QueueMember waiter = wait.waiter();
    Row row =
        new Row()
            .with("cycle", cycle)
            .shown("certain", wait.isCertain() ? "yes" : "perhaps")
            .field("certain", wait.isCertain())
            .with("lock", wait.lock().text())
            .with("position", waiter.position());
    OwnerColumns.add(row, "waiter", waiter);
    return row.field("session", waiter.session().orElse(null))
        .with("thread", waiter.thread().orElse(null))
        .with("purpose", waiter.purpose().orElse(null))
        .with("mode", waiter.mode())
        .with("token", waiter.token().toString())
        .with(
            "behind",
            wait.inTheWay().stream()
                .map(ahead -> ahead.token().toString())
                .collect(Collectors.joining(",")));
  }
}
