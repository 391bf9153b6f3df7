package io.holdfast.cli.elections;

import io.holdfast.admin.QueueMember;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.OwnerColumns;
import io.holdfast.coordination.Coordinator;
import io.holdfast.election.Elections;
import io.holdfast.election.Leader;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast elections show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the leader, and then the candidates in their order.",
      "JSON: position, role (leader, candidate, or stray: it belongs to"
          + " no session), owner, host, pid, session, term (null for a"
          + " candidate), proclaimed, since, held_at_most_ms, waited_ms, path."
    })
final class ShowElection implements Runnable {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Listing listing = new Listing();

  @Parameters(paramLabel = "NAME", description = "the election")
  private String name = "";

  @Override
  public void run() {
    List<QueueMember> candidates;
    Optional<Leader> leader;
    try (Coordinator coordinator = connection.openToRead()) {
      Elections elections = new Elections(coordinator);
      leader = connection.await(elections.election(name).leader());
      candidates = connection.await(elections.candidates(name));
    }
    if (candidates.isEmpty()) {
      throw new NotFoundException("nobody leads '" + name + "' or wants to");
    }
    listing.print(candidates.stream().map(each -> row(each, leader)).toList(), "");
  }

  private static String role(QueueMember candidate) {
    return switch (candidate.role()) {
      case HOLDER -> "leader";
      case WAITER -> "candidate";
      case STRAY -> "stray";
    };
  }

  private static Row row(QueueMember candidate, Optional<Leader> leader) {
    boolean leads = candidate.role() == QueueMember.Role.HOLDER;
    Row row = new Row().with("position", candidate.position()).with("role", role(candidate));
    OwnerColumns.add(row, "owner", candidate);
    return row.field("session", candidate.session().orElse(null))
        .with("term", leads ? candidate.token().toString() : null)
        .with(
            "proclaimed",
            leader
                .filter(known -> known.term().equals(candidate.token()))
                .flatMap(Leader::proclaimed)
                .orElse(null))
        .with("path", candidate.nativePath());
  }
}
