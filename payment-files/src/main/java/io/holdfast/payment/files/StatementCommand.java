package io.holdfast.payment.files;

import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast statement}. */
@Command(
    name = "statement",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the statement of an account as an ISO 20022 file: camt.053 in version 02 or 08.",
      "The opening balance is that before the first day, the closing balance that after the last;"
          + " what is booked after the command began may be missing."
    })
final class StatementCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "ACCOUNT",
      description = "the ledger's account id, or with --accounts an IBAN")
  private String account = "";

  @Mixin private NodeOptions nodes = new NodeOptions();

  @Option(
      names = "--from",
      paramLabel = "DATE",
      required = true,
      description = "the first day, 2026-11-01 for example")
  private LocalDate from = LocalDate.MIN;

  @Option(names = "--until", paramLabel = "DATE", required = true, description = "the last day")
  private LocalDate until = LocalDate.MIN;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      defaultValue = "Z",
      description = "where the days begin, Europe/Berlin for example (default: UTC)")
  private ZoneId zone = ZoneOffset.UTC;

  @Option(
      names = "--format",
      paramLabel = "V02|V08",
      defaultValue = "V08",
      description = "the version of camt.053.001 (default: ${DEFAULT-VALUE})")
  private AccountStatement.Version version = AccountStatement.Version.V08;

  @Option(
      names = "--accounts",
      paramLabel = "FILE",
      description =
          "lines of an IBAN and the ledger's account id, as for holdfast pay: the statement names"
              + " the account by its IBAN")
  private @Nullable Path accountsFile;

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "where to write it")
  private Path out = Path.of("");

  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (accountsFile != null && !Files.isRegularFile(accountsFile)) {
      throw new NotFoundException("no such file: " + accountsFile);
    }
    Path folder = out.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new IllegalArgumentException("--out: there is no folder " + folder);
    }
    StatementPeriod period = new StatementPeriod(from, until, zone);
    NodeClient client = nodes.open();
    AccountNames names =
        accountsFile == null ? AccountNames.themselves() : AccountNames.from(accountsFile);
    String id = names.accountOf(account).orElse(account);
    if (!AccountNames.isAccountId(id)) {
      throw new IllegalArgumentException("no account id: " + account);
    }
    AccountStatement.write(
        out, version, id, iban(names, id), new StatementPages(client, id), period);
    output.line(
        "%d entries from %s to %s in %s"
            .formatted(period.numberOfCredits() + period.numberOfDebits(), from, until, out));
    return ExitCode.OK;
  }

  private static Optional<String> iban(AccountNames names, String id) {
    return names.ibanOf(id).or(() -> Iban.isValid(id) ? Optional.of(id) : Optional.empty());
  }
}
