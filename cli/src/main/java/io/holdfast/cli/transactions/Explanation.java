package io.holdfast.cli.transactions;

import io.holdfast.coordination.Owner;
import io.holdfast.transaction.PendingTransaction;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A transaction that is not settled, in words.
 *
 * @param fact what is known
 * @param why why it is not settled
 * @param next who has to do what
 */
record Explanation(String fact, String why, String next) {

  static Explanation of(PendingTransaction pending) {
    String where = where(pending);
    String who =
        pending
            .coordinator()
            .map(Explanation::process)
            .orElse("a process that the cluster has forgotten");
    return switch (pending.state()) {
      case RUNNING ->
          new Explanation(
              "Prepared at " + where + ", coordinated by " + who + ".",
              "Its coordinator lives and has not decided to commit it. Either it is waiting for other"
                  + " branches, or it has aborted the transaction and cannot reach this database.",
              "Nobody has to do anything: it is decided or aborted within its time-out. If the"
                  + " process hangs, kill it; when its session has ended, other processes settle this.");
      case ORPHANED ->
          new Explanation(
              "Prepared at " + where + ". Its coordinator, " + who + ", is dead.",
              "Nobody has closed its epoch yet"
                  + pending.id().decider().map(name -> ", or not yet at " + name).orElse("")
                  + "; until then a decision that is under way could still come.",
              "Any process with a Transactions on this namespace settles it with its next look, about"
                  + " a second from now. If there is none, "
                  + (pending.presumesAbort()
                      ? "resolve --abort closes the epoch"
                          + (endedByNobody(pending)
                              ? ": then a process of the application aborts it here."
                              : " and aborts it.")
                      : "resolve closes the epoch; then it ends as you say, for "
                          + pending.note()
                          + " and a decision may have been lost."));
      case COMMITTING ->
          new Explanation(
              "It is decided that it commits, at " + String.join(", ", pending.decidedFor()) + ".",
              "At " + where + " it has not been committed yet: " + waits(),
              byHand(pending, "commits", "--commit"));
      case ABORTING ->
          new Explanation(
              "It was not committed and never will be: " + pending.note() + ".",
              "At " + where + " it has not been aborted yet: " + waits(),
              byHand(pending, "aborts", "--abort"));
      case LOST ->
          new Explanation(
              "Prepared at " + where + ", coordinated by " + who + ".",
              "No decision is known, and none may be presumed: "
                  + pending.note()
                  + ", so a decision to commit may have been lost with what a backup did not have.",
              "You have to find out, in the other databases of this transaction and from its"
                  + " caller, whether it committed there; then two operators resolve it the same"
                  + " way.");
      case DECIDED_ELSEWHERE ->
          new Explanation(
              "Prepared at " + where + ".",
              "Not known from here: " + pending.note() + ", which was not given.",
              "Give that database too: --database "
                  + pending.id().decider().orElse("NAME")
                  + "=URL. Processes that know both settle it by themselves.");
      case UNREADABLE ->
          new Explanation(
              "Prepared at " + where + ".",
              "How it ends cannot be read: " + pending.note() + ".",
              "Use the version that wrote it, or look again if the database did not answer.");
    };
  }

  private static String waits() {
    return "no running process knows that participant by its name, or the database does not answer,"
        + " or a process is just doing it.";
  }

  private static String byHand(PendingTransaction pending, String does, String option) {
    boolean all = pending.prepared().stream().allMatch(PreparedBranch::canBeEndedByAnybody);
    boolean none = endedByNobody(pending);
    return "Any process that knows the participant "
        + does
        + " it there. "
        + (none
            ? "Nobody else can: only the application knows how."
            : "To do that by hand, by two operators: resolve " + option + ".")
        + (all || none ? "" : " That leaves what was tried or is held to the application.");
  }

  private static boolean endedByNobody(PendingTransaction pending) {
    return pending.prepared().stream().noneMatch(PreparedBranch::canBeEndedByAnybody);
  }

  private static String where(PendingTransaction pending) {
    return pending.prepared().stream()
        .map(Explanation::place)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static String place(PreparedBranch branch) {
    return switch (branch.form()) {
      case PREPARED -> branch.participant();
      case TRIED -> branch.participant() + " (tried)";
      case HELD -> branch.participant() + " (money held)";
    };
  }

  private static String process(Owner owner) {
    return owner.name() + " (pid " + owner.pid() + " at " + owner.host() + ")";
  }

  /** Pairs of a heading and a text, in reading order. */
  List<List<String>> lines() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("fact", fact));
    lines.add(List.of("why", why));
    lines.add(List.of("next", next));
    return lines;
  }
}
