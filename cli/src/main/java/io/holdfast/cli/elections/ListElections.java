package io.holdfast.cli.elections;

import io.holdfast.admin.DirectoryListing;
import io.holdfast.admin.QueueMember;
import io.holdfast.admin.QueueMember.Role;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.NamePrefix;
import io.holdfast.cli.console.OwnerColumns;
import io.holdfast.cli.console.SkippedEntries;
import io.holdfast.coordination.Coordinator;
import io.holdfast.election.Elections;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast elections list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the elections that have a leader.",
      "JSON: name, leader, host, pid, session, term, since, held_at_most_ms, candidates."
    })
final class ListElections implements Callable<Integer> {

  private static final String STRAY =
      "it belongs to no session, and later candidates wait for it; remove it with the store's own"
          + " tools";

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();
  @Mixin private NamePrefix names = new NamePrefix();

  @Override
  public Integer call() {
    List<Row> rows = new ArrayList<>();
    SkippedEntries skipped = new SkippedEntries();
    try (Coordinator coordinator = connection.openToRead()) {
      Elections elections = new Elections(coordinator);
      DirectoryListing<String> there = connection.await(elections.inspectNames());
      there.unreadable().forEach(skipped::add);
      for (String name : there.found()) {
        if (names.includes(name)) {
          skipped
              .read("election " + name, () -> connection.await(elections.candidates(name)))
              .flatMap(candidates -> row(name, candidates, skipped))
              .ifPresent(rows::add);
        }
      }
    }
    listing.print(rows, "no election has a leader");
    return skipped.report(listing.output());
  }

  private static Optional<Row> row(String name, List<QueueMember> queue, SkippedEntries skipped) {
    queue.stream()
        .filter(each -> each.role() == Role.STRAY)
        .forEach(each -> skipped.add(each.nativePath(), STRAY));
    long candidates = queue.stream().filter(each -> each.role() != Role.STRAY).count();
    return queue.stream()
        .filter(each -> each.role() == Role.HOLDER)
        .findFirst()
        .map(leader -> row(name, leader, candidates));
  }

  private static Row row(String name, QueueMember leader, long candidates) {
    Row row = new Row().with("name", name);
    OwnerColumns.addHolder(row, "leader", leader);
    return row.field("session", leader.session().orElse(null))
        .with("term", leader.token().toString())
        .with("candidates", candidates);
  }
}
