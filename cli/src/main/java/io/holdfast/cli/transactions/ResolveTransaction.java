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
      "It does what any process would do that knows these databases, when there is none. Only of a"
          + " lost one it is you who decides: it is written down, and every process obeys it. Look"
          + " into the other databases of the transaction first, for there is no way back.",
      "Refused (exit code 1): while its coordinator lives and may decide, what contradicts a"
          + " decision or would presume one to commit, and what cannot be known from these"
          + " databases. Branches that were tried (TCC) or hold money (escrow) are left to the"
          + " processes of the application, which alone can end them. Without --yes it only says"
          + " what it would write, and where."
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
                  + "; what is left is ended by the processes of the application, with the next look"
                  + " of one that runs"
              : "done: it is not in doubt there any more");
    }
  }

  /** All that is written, in its order. */
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
