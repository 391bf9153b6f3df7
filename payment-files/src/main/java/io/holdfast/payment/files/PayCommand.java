package io.holdfast.payment.files;

import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Teardown;
import io.holdfast.payment.files.Outcomes.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast pay}. */
@Command(
    name = "pay",
    mixinStandardHelpOptions = true,
    description = {
      "Pays the credit transfers of an ISO 20022 file: pain.001 in version 03 or 09.",
      "The whole file is checked first; a file with faults pays nothing, and each fault is told with"
          + " its line. Run the same command again after it was stopped or killed, with the same"
          + " file: no payment is made twice, with or without --state."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all payments are done; with --check: the file is good",
      "1:it failed: the file cannot be read, a report or the state cannot be written",
      "2:wrong usage",
      "4:no such file",
      "5:the file has faults, or its message was paid before; nothing was paid",
      "6:all payments have their outcome, and some were refused",
      "7:some payments are not done, or not known to be: run it again",
      "130, 143:stopped by Ctrl-C or SIGTERM: run it again"
    })
final class PayCommand implements Callable<Integer> {

  private static final int FAULTS = 5;
  private static final int REFUSED = 6;
  private static final int UNFINISHED = 7;

  /** As a shell reports a program that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  private static final int MOST_PARALLEL = 256;

  /** For the summary and the report, after a signal. */
  private static final long LAST_WORDS_SECONDS = 60;

  @Parameters(paramLabel = "FILE", description = "the file of payments")
  private Path source = Path.of("");

  @Mixin private NodeOptions nodes = new NodeOptions();

  @Option(
      names = "--accounts",
      paramLabel = "FILE",
      description =
          "lines of an IBAN (or other account number) and the ledger's account id, with a comma"
              + " between them; without it, each number is the account's id itself")
  private @Nullable Path accountsFile;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "16",
      description = "how many payments at a time, in no order (default: ${DEFAULT-VALUE})")
  private int parallel = 16;

  @Option(
      names = "--retry-for",
      paramLabel = "DURATION",
      defaultValue = "2m",
      description =
          "for how long to ask again for a payment whose outcome is not known (default:"
              + " ${DEFAULT-VALUE})")
  private Duration retryFor = Duration.ofMinutes(2);

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "write a pain.002 status report here, of a file with faults too")
  private @Nullable Path report;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "remember outcomes here, of any number of messages: a second run asks only for what is"
              + " open, and a message is paid once")
  private @Nullable Path stateFile;

  @Option(names = "--check", description = "check the file, and pay nothing")
  private boolean checkOnly;

  @Option(
      names = "--any-date",
      description = "pay now, even if the requested execution date has not come")
  private boolean anyDate;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    Optional<NodeClient> client = checkOnly ? Optional.empty() : Optional.of(nodes.open());
    AccountNames accounts =
        accountsFile == null ? AccountNames.themselves() : AccountNames.from(accountsFile);
    try (PinnedFile file = PinnedFile.open(source)) {
      Faults faults = new Faults();
      Optional<LocalDate> today =
          anyDate ? Optional.empty() : Optional.of(LocalDate.now(ZoneId.systemDefault()));
      CheckedFile checked = FileCheck.check(file.read(), accounts, today, faults);
      if (!faults.isEmpty()) {
        return reject(checked, faults);
      }
      if (client.isEmpty()) {
        return accept(checked);
      }
      if (stateFile == null) {
        return pay(file, checked, accounts, client.get(), Optional.empty());
      }
      try (StateFile state = StateFile.open(stateFile)) {
        return pay(file, checked, accounts, client.get(), Optional.of(state));
      }
    }
  }

  private void checkOptions() {
    if (!Files.exists(source)) {
      throw new NotFoundException("no such file: " + source);
    }
    if (accountsFile != null && !Files.isRegularFile(accountsFile)) {
      throw new NotFoundException("no such file: " + accountsFile);
    }
    if (parallel < 1 || parallel > MOST_PARALLEL) {
      throw new IllegalArgumentException("--parallel must be 1 to " + MOST_PARALLEL);
    }
    Path folder = report == null ? null : report.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new IllegalArgumentException("--report: there is no folder " + folder);
    }
  }

  private int reject(CheckedFile checked, Faults faults) throws IOException {
    if (report != null) {
      StatusReport.writeRejected(report, checked, faults);
    }
    return tell(faults);
  }

  private static Faults again(CheckedFile checked, String when) {
    Faults faults = new Faults();
    faults.add(
        checked.messageIdLine(),
        Fault.Reason.MESSAGE_ID_USED,
        "the message id '%s' %s".formatted(checked.messageId(), when));
    return faults;
  }

  private int tell(Faults faults) {
    for (Fault fault : faults.first()) {
      output.line("%s:%d: %s".formatted(source, fault.line(), fault.text()));
    }
    if (faults.more() > 0) {
      output.line("and " + faults.more() + " more");
    }
    output.errLine(
        "nothing was paid: %d %s"
            .formatted(faults.count(), faults.count() == 1 ? "fault" : "faults"));
    return FAULTS;
  }

  private int accept(CheckedFile checked) throws IOException {
    if (report != null) {
      StatusReport.writeAccepted(report, checked);
    }
    output.line(
        "no faults: message %s, %d payments, control sum %s"
            .formatted(checked.messageId(), checked.number(), checked.sum().toPlainString()));
    return ExitCode.OK;
  }

  private int pay(
      PinnedFile file,
      CheckedFile checked,
      AccountNames accounts,
      NodeClient client,
      Optional<StateFile> state)
      throws IOException, InterruptedException {
    Outcomes outcomes = new Outcomes(checked.number());
    if (state.isPresent()) {
      StateFile.Previous previous =
          state.get().previous(checked.messageId(), file.hash(), outcomes);
      if (previous.kind() == StateFile.Previous.Kind.FINISHED) {
        // Its report may be there still: it is not overwritten by one that says "rejected".
        return tell(again(checked, "was paid before, until " + previous.since()));
      }
      if (previous.kind() == StateFile.Previous.Kind.OTHER_FILE) {
        return reject(checked, again(checked, "was that of another file on " + previous.since()));
      }
      state.get().begin(checked.messageId(), file.hash(), checked.number());
    }
    ProgressLine progress = new ProgressLine(output, outcomes);
    PaymentRun run =
        new PaymentRun(client, RetryPolicy.within(retryFor), parallel, outcomes, state, progress);
    CountDownLatch said = new CountDownLatch(1);
    Teardown teardown = new Teardown();
    try (teardown) {
      teardown.add(
          () -> {
            run.stop("stopped");
            said.await(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
          });
      try {
        run.pay(file, accounts);
        progress.clear();
        if (report != null) {
          StatusReport.write(report, file, checked, outcomes);
        }
        if (state.isPresent() && outcomes.allFinal()) {
          state.get().end();
        }
        summary(outcomes, run.reason());
      } finally {
        said.countDown();
      }
    }
    return teardown.wasInterrupted() ? INTERRUPTED : exitCode(outcomes);
  }

  private void summary(Outcomes outcomes, String stopped) {
    if (!stopped.isEmpty()) {
      output.errLine("stopped early: " + stopped);
    }
    output.line(
        "%d payments: paid %d%s, refused %d, not known %d, not sent %d"
            .formatted(
                outcomes.size(),
                outcomes.paid(),
                outcomes.count(Outcome.PAID_BEFORE) == 0
                    ? ""
                    : " (%d of them before)".formatted(outcomes.count(Outcome.PAID_BEFORE)),
                outcomes.count(Outcome.REFUSED),
                outcomes.count(Outcome.UNKNOWN),
                outcomes.count(Outcome.NOT_SENT)));
    outcomes
        .refusalsByCode()
        .forEach((code, number) -> output.line("refused %s: %d".formatted(code, number)));
    if (!outcomes.allFinal()) {
      output.errLine("run the same command again: no payment is made twice");
    }
  }

  private static int exitCode(Outcomes outcomes) {
    if (!outcomes.allFinal()) {
      return UNFINISHED;
    }
    return outcomes.count(Outcome.REFUSED) > 0 ? REFUSED : ExitCode.OK;
  }
}
