package io.holdfast.cli.elections;

import io.holdfast.cli.console.Connection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.NamePrefix;
import io.holdfast.cli.console.OwnerColumns;
import io.holdfast.coordination.Coordinator;
import io.holdfast.election.Elections;
import io.holdfast.lock.QueuedOwner;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast elections list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the elections that have a leader.",
      "JSON: name, leader, host, pid, session, term, since, age_ms, candidates."
    })
final class ListElections implements Runnable {

  @Mixin private Connection connection = new Connection();
  @Mixin private Listing listing = new Listing();
  @Mixin private NamePrefix names = new NamePrefix();

  @Override
  public void run() {
    List<Row> rows = new ArrayList<>();
    try (Coordinator coordinator = connection.open()) {
      Elections elections = new Elections(coordinator);
      for (String name : connection.await(elections.names())) {
        if (names.includes(name)) {
          List<QueuedOwner> candidates = connection.await(elections.candidates(name));
          if (!candidates.isEmpty()) {
            rows.add(row(name, candidates));
          }
        }
      }
    }
    listing.print(rows, "no election has a leader");
  }

  private static Row row(String name, List<QueuedOwner> candidates) {
    QueuedOwner leader = candidates.get(0);
    Row row = new Row().with("name", name);
    OwnerColumns.add(row, "leader", leader.owner());
    return row.field("session", leader.session().orElse(null))
        .with("term", leader.token().toString())
        .with("candidates", candidates.size());
  }
}
