package io.holdfast.cli.transactions;

import io.holdfast.cli.console.Confirmation;
import io.holdfast.cli.console.Output;
import io.holdfast.coordination.Coordinator;
import io.holdfast.transaction.OperatorIdentity;
import io.holdfast.transaction.PendingTransaction;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.PendingTransaction.State;
import io.holdfast.transaction.ProposedResolution;
import io.holdfast.transaction.ResolutionRefusedException;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.TransactionInspection;
import io.holdfast.transaction.TransactionInspection.Ending;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast transactions resolve}. */
@Command(
    name = "resolve",
    mixinStandardHelpOptions = true,
    description = {
      "Ends a transaction in the databases given. Two operators are needed: the first one proposes"
          + " it with this command, and nothing happens; another one gives the same command within"
          + " a day, and confirms it. See proposals and withdraw.",
      "Use it when no process that knows these databases runs: it does what such a process would do."
          + " Only for a lost transaction you make the decision. It is written down, and every"
          + " process obeys it. Look into the transaction's other databases first: there is no way"
          + " back.",
      "Refused (exit code 1) if the coordinator lives and may still decide, if a decision says"
          + " otherwise, if it would presume a decision to commit, if these databases do not"
          + " show enough, or if the same operator, or somebody who could be the same, has proposed"
          + " it. Only the application's processes can end branches that were tried (TCC)"
          + " or hold money (escrow, payments); resolve leaves these to them. Without --yes it only"
          + " says what it would write, and where."
    })
final class ResolveTransaction implements Runnable {

  @Mixin private TransactionLookup lookup = new TransactionLookup();
  @Mixin private OperatorOptions operator = new OperatorOptions();
  @Mixin private Confirmation confirmation = new Confirmation();

  @Parameters(paramLabel = "ID", description = "the transaction, as list prints it")
  private String id = "";

  @ArgGroup(multiplicity = "1")
  private Choice choice = new Choice();

  private static final class Choice {
    @Option(names = "--commit", required = true, description = "have it commit")
    private boolean commit;

    @Option(names = "--abort", required = true, description = "have it abort")
    private boolean abort;

    Ending ending() {
      return commit && !abort ? Ending.COMMIT : Ending.ABORT;
    }
  }

  @Mixin private Output output = new Output();

  @Override
  public void run() {
    TransactionId transaction = TransactionLookup.id(id);
    lookup.toChange(
        (coordinator, inspection, seen) -> resolve(coordinator, inspection, seen, transaction));
  }

  private void resolve(
      Coordinator coordinator,
      TransactionInspection inspection,
      TransactionLookup.Result seen,
      TransactionId transaction) {
    PendingTransaction pending = seen.find(transaction);
    pending.refusal(choice.ending()).ifPresent(ResolveTransaction::refuse);
    OperatorIdentity by = operator.identify(lookup.connection(), coordinator);
    seen.reportGaps(pending, output);
    risks(pending, seen.unreachable()).forEach(output::errLine);
    String action = action(pending, choice.ending(), seen.addresses());
    Instant now = Instant.now();
    Optional<ProposedResolution> proposed =
        lookup.connection().await(inspection.proposals()).found().stream()
            .filter(each -> each.transaction().equals(transaction) && each.isInForce(now))
            .findFirst();
    if (proposed.isEmpty()) {
      propose(inspection, transaction, by, action);
    } else {
      check(proposed.get(), by, now);
      OperatorOptions.checkProposer(lookup.connection(), coordinator, proposed.get());
      confirm(inspection, pending, proposed.get(), by, action);
    }
  }

  private void check(ProposedResolution proposed, OperatorIdentity by, Instant now) {
    if (proposed.ending() != choice.ending()) {
      refuse(proposed.by() + " has proposed the contrary: have that withdrawn first");
    }
    proposed.refusal(by, now).ifPresent(ResolveTransaction::refuse);
  }

  private static void refuse(String why) {
    throw new ResolutionRefusedException(why);
  }

  private void propose(
      TransactionInspection inspection,
      TransactionId transaction,
      OperatorIdentity by,
      String action) {
    if (confirmation.given(
        "propose, as " + by + ", what another operator then has to confirm: " + action)) {
      ProposedResolution proposed =
          lookup
              .connection()
              .await(inspection.propose(transaction, choice.ending(), by, confirmation.reason()));
      output.line(
          "proposed, and nothing is done yet: until "
              + proposed.expires()
              + " another operator can confirm it with the same command");
    }
  }

  private void confirm(
      TransactionInspection inspection,
      PendingTransaction pending,
      ProposedResolution proposed,
      OperatorIdentity by,
      String action) {
    String theirs = proposed.reason().isEmpty() ? "" : " (" + proposed.reason() + ")";
    if (confirmation.given(
        "confirm, as "
            + by
            + ", what "
            + proposed.by()
            + " has proposed"
            + theirs
            + ": "
            + action)) {
      lookup.connection().await(inspection.confirm(proposed, by, confirmation.reason()));
      boolean left = pending.prepared().stream().anyMatch(each -> !each.canBeEndedByAnybody());
      output.line(
          left
              ? "done: it "
                  + (choice.ending() == Ending.COMMIT ? "commits" : "aborts")
                  + "; the application's processes end what is left, the next time that one of them"
                  + " looks"
              : "done: it is not in doubt there any more");
    }
  }

  /** What can make or lose money if the operators are wrong; a known decision cannot. */
  private static List<String> risks(PendingTransaction pending, Map<String, String> unreachable) {
    if (pending.presumesAbort()) {
      return List.of();
    }
    List<String> risks = new ArrayList<>();
    risks.add(
        "WARNING: no decision is known. If a branch of it has ended the other way in any database,"
            + " this makes money or loses it, and nothing can tell");
    Set<Integer> there =
        pending.prepared().stream().map(each -> each.branch().index()).collect(Collectors.toSet());
    List<Integer> gone =
        IntStream.range(0, there.stream().mapToInt(Integer::intValue).max().orElse(0))
            .filter(index -> !there.contains(index))
            .boxed()
            .toList();
    if (!gone.isEmpty()) {
      risks.add(
          "WARNING: branches "
              + gone
              + " of it are not prepared here: they have ended, or are in a database that was not"
              + " given. Find out how they ended");
    }
    if (!unreachable.isEmpty()) {
      risks.add("WARNING: not asked, and perhaps part of it: " + unreachable.keySet());
    }
    return risks;
  }

  /** Everything that will be written, in order. */
  private static String action(
      PendingTransaction pending, Ending ending, Map<String, String> addresses) {
    String word = ending.name().toLowerCase(Locale.ROOT);
    List<String> writes = new ArrayList<>();
    if (pending.state() == State.ORPHANED) {
      writes.add(
          "close epoch "
              + pending.id().epoch()
              + " of its dead coordinator in the cluster"
              + pending.id().decider().map(name -> " and at " + name).orElse("")
              + ", which settles every transaction of that epoch");
    }
    if (!pending.presumesAbort()) {
      writes.add(
          "write the decision to " + word + " into the cluster, on the operators' word alone");
    }
    writes.add("note that in the audit trail");
    if (pending.prepared().stream().anyMatch(PreparedBranch::canBeEndedByAnybody)) {
      writes.add(word + " " + branches(pending, PreparedBranch::canBeEndedByAnybody, addresses));
    }
    String left = branches(pending, each -> !each.canBeEndedByAnybody(), addresses);
    return String.join(", ", writes) + (left.isEmpty() ? "" : "; left to the application: " + left);
  }

  private static String branches(
      PendingTransaction pending, Predicate<PreparedBranch> which, Map<String, String> addresses) {
    return pending.prepared().stream()
        .filter(which)
        .map(
            each ->
                each.branch()
                    + " at "
                    + each.participant()
                    + " ("
                    + addresses.get(each.participant())
                    + ")")
        .collect(Collectors.joining(" and "));
  }
}
