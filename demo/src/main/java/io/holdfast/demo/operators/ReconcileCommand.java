package io.holdfast.demo.operators;

import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import io.holdfast.payment.scenario.topup.acquirer.HttpAcquirer;
import io.holdfast.payment.scenario.topup.acquirer.SettlementFile;
import io.holdfast.payment.scenario.topup.acquirer.SettlementFileException;
import io.holdfast.payment.scenario.topup.reconciliation.Reconciliation;
import io.holdfast.payment.scenario.topup.reconciliation.ReconciliationReport;
import io.holdfast.payment.scenario.topup.reconciliation.ReconciliationReport.Finding;
import io.holdfast.payment.scenario.topup.reconciliation.SqlTopUps;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast reconcile}. */
@Command(
    name = "reconcile",
    mixinStandardHelpOptions = true,
    description = {
      "Compares the card top-ups of a day with what the acquirer settled on it: what is missing on"
          + " either side, and what differs.",
      "Reads only. Run it when the day has been over for a while, in UTC. Of what the acquirer took"
          + " and the ledger does not have, nothing is booked by this: holdfast topups check ID has"
          + " the acquirer asked.",
      "JSON: kind, topup, id (the acquirer's), ours, theirs (minor units), our_currency,"
          + " their_currency."
    },
    footer = {
      "",
      "Environment:",
      "  HOLDFAST_DB_USER, HOLDFAST_DB_PASSWORD   who reads the databases",
      "  HOLDFAST_ACQUIRER_KEY                    the key for --acquirer"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the two agree",
      "1:they could not be compared",
      "2:wrong usage",
      "4:no such file",
      "5:they differ"
    })
public final class ReconcileCommand implements Callable<Integer> {

  private static final int DIFFERS = 5;

  private final UnaryOperator<@Nullable String> environment;

  @Option(
      names = "--day",
      paramLabel = "DATE",
      description = "the day, 2026-11-29 for example (default: yesterday), in UTC")
  private LocalDate day = LocalDate.now(ZoneOffset.UTC).minusDays(1);

  @Option(names = "--file", paramLabel = "FILE", description = "the acquirer's file of that day")
  private @Nullable Path file;

  @Option(
      names = "--acquirer",
      paramLabel = "URL",
      description = "or the acquirer itself, which is asked for it")
  private @Nullable URI acquirer;

  @Option(
      names = "--db",
      required = true,
      paramLabel = "URL",
      description =
          "a database of the ledger, such as jdbc:postgresql://host:5432/payments; all of them,"
              + " one after the other")
  private List<String> databases = new ArrayList<>();

  @Mixin private Listing listing = new Listing();

  /** For picocli. */
  public ReconcileCommand() {
    this(System::getenv);
  }

  ReconcileCommand(UnaryOperator<@Nullable String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if ((file == null) == (acquirer == null)) {
      throw new IllegalArgumentException("give either --file or --acquirer");
    }
    SqlTopUps books = new SqlTopUps(databases.stream().map(this::database).toList());
    ReconciliationReport report;
    if (file != null) {
      report = compare(file, books);
    } else {
      try (TemporaryFolder folder = TemporaryFolder.create("holdfast-reconcile-")) {
        Path fetched = folder.path().resolve("settlement");
        new HttpAcquirer(AcquirerConfig.of(acquirer, required("HOLDFAST_ACQUIRER_KEY")))
            .download(day, fetched);
        report = compare(fetched, books);
      }
    }
    print(report);
    return report.agrees() ? ExitCode.OK : DIFFERS;
  }

  private ReconciliationReport compare(Path settled, SqlTopUps books) throws IOException {
    if (!Files.isRegularFile(settled)) {
      throw new NotFoundException("no such file: " + settled);
    }
    try {
      return Reconciliation.compare(SettlementFile.open(settled, day), books);
    } catch (SettlementFileException e) {
      e.faults().forEach(listing.output()::errLine);
      throw new IOException("nothing of a file counts that has faults", e);
    }
  }

  private DatabaseConfig database(String text) {
    String password = environment.apply("HOLDFAST_DB_PASSWORD");
    return DatabaseConfig.of(
        text.startsWith("jdbc:") ? text : text.substring(text.indexOf('=') + 1),
        required("HOLDFAST_DB_USER"),
        password == null ? "" : password);
  }

  private String required(String variable) {
    String value = environment.apply(variable);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException("set " + variable + " in the environment");
    }
    return value;
  }

  private void print(ReconciliationReport report) {
    Map<String, List<String>> totals = new TreeMap<>();
    report.ours().forEach((currency, total) -> add(totals, currency, "we have ", total));
    report.theirs().forEach((currency, total) -> add(totals, currency, "the acquirer has ", total));
    listing.output().errLine("settlement of " + report.day() + ", amounts in minor units");
    totals.forEach(
        (currency, lines) ->
            lines.forEach(line -> listing.output().errLine(currency + ": " + line)));
    listing.print(
        report.findings().stream().map(ReconcileCommand::row).toList(),
        "the ledger and the acquirer agree");
    long all = report.differences().values().stream().mapToLong(Long::longValue).sum();
    if (all > report.findings().size()) {
      listing.output().errLine("%d differences, of which these are some".formatted(all));
    }
  }

  private static void add(
      Map<String, List<String>> totals,
      String currency,
      String whose,
      ReconciliationReport.Total total) {
    totals
        .computeIfAbsent(currency, none -> new ArrayList<>())
        .add(
            "%s%d charges of %d, %d taken back of %d, %d given back of %d"
                .formatted(
                    whose,
                    total.charges(),
                    total.charged(),
                    total.chargebacks(),
                    total.takenBack(),
                    total.reversals(),
                    total.givenBack()));
  }

  private static String text(Money money) {
    return money.minorUnits() + " " + money.code();
  }

  private static Row row(Finding finding) {
    return new Row()
        .with("kind", finding.difference().name())
        .with("topup", finding.reference())
        .with("id", finding.id())
        .shown("ours", finding.ours().map(ReconcileCommand::text).orElse(null))
        .shown("theirs", finding.theirs().map(ReconcileCommand::text).orElse(null))
        .field("ours", finding.ours().map(Money::minorUnits).orElse(null))
        .field("our_currency", finding.ours().map(Money::code).orElse(null))
        .field("theirs", finding.theirs().map(Money::minorUnits).orElse(null))
        .field("their_currency", finding.theirs().map(Money::code).orElse(null));
  }
}
