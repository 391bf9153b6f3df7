package io.holdfast.cli.transactions;

import io.holdfast.cli.console.Confirmation;
import io.holdfast.cli.console.Output;
import io.holdfast.transaction.PendingTransaction;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.PendingTransaction.State;
import io.holdfast.transaction.ResolutionRefusedException;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.TransactionInspection;
import io.holdfast.transaction.TransactionInspection.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
      "Ends a transaction in the databases given.",
      "Use it when no process that knows these databases runs: it does what such a process would do."
          + " Only for a lost transaction you make the decision. It is written down, and every"
          + " process obeys it. Look into the transaction's other databases first: there is no way"
          + " back.",
      "Refused (exit code 1) if the coordinator lives and may still decide, if a decision says"
          + " otherwise, if it would presume a decision to commit, or if these databases do not"
          + " show enough. Only the application's processes can end branches that were tried (TCC)"
          + " or hold money (escrow); resolve leaves these to them. Without --yes it only says what"
          + " it would write, and where."
    })
final class ResolveTransaction implements Runnable {

  @Mixin private TransactionLookup lookup = new TransactionLookup();
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
        (inspection, seen) -> {
          resolve(inspection, seen, transaction);
          return true;
        });
  }

  private void resolve(
      TransactionInspection inspection, TransactionLookup.Result seen, TransactionId transaction) {
    PendingTransaction pending = seen.find(transaction);
    Ending ending = choice.ending();
    pending
        .refusal(ending)
        .ifPresent(
            why -> {
              throw new ResolutionRefusedException(why);
            });
    seen.reportGaps(pending, output);
    if (confirmation.given(action(pending, ending, seen.addresses()))) {
      lookup.connection().await(inspection.resolve(transaction, ending, confirmation.reason()));
      boolean left = pending.prepared().stream().anyMatch(each -> !each.canBeEndedByAnybody());
      output.line(
          left
              ? "done: it "
                  + (ending == Ending.COMMIT ? "commits" : "aborts")
                  + "; the application's processes end what is left, the next time that one of them"
                  + " looks"
              : "done: it is not in doubt there any more");
    }
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
      writes.add("write the decision to " + word + " into the cluster, on your word alone");
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
