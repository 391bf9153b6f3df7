package io.holdfast.cli.namespace;

import io.holdfast.admin.Doctor;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.databases.DatabaseOptions;
import io.holdfast.cli.databases.NamedDatabase;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.Coordinator;
import io.holdfast.spi.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code holdfast doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Examines the cluster and the connection to it, and gives advice on each problem.",
      "Servers and their versions, TLS, session time-out, clocks, latency of a write and of a"
          + " linearizable read, permissions, generation. It writes below doctor in the namespace,"
          + " and leaves nothing behind.",
      "Of each --database: version, settings that distributed commits rely on, replication, prepared"
          + " transactions that are left, clock, tables. It only reads there.",
      "JSON: level (OK, WARNING, PROBLEM), subject, finding, advice (null if nothing need be done).",
      "Exit code 1: there is a problem; a warning is not one."
    })
public final class DoctorCommand implements Callable<Integer> {

  /** How old a prepared branch may be: those of a dead coordinator are settled well before. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private DatabaseOptions databases = new DatabaseOptions();
  @Mixin private Listing listing = new Listing();

  @Override
  public Integer call() throws InterruptedException {
    DatabaseOptions.Given given = databases.given(connection.timeout());
    List<Finding> findings = new ArrayList<>();
    try (Coordinator coordinator = connection.openInBackground()) {
      findings.addAll(new Doctor(coordinator, ClusterUri.parse(connection.address())).examine());
    }
    for (NamedDatabase each : given.databases()) {
      findings.addAll(each.doctor(connection.timeout(), PATIENCE).examine());
    }
    given
        .unusable()
        .forEach(
            (name, why) -> findings.add(Finding.problem("database " + name, "not examined", why)));
    listing.print(findings.stream().map(DoctorCommand::row).toList(), "");
    boolean problem =
        findings.stream().anyMatch(finding -> finding.level() == Finding.Level.PROBLEM);
    return problem ? ExitCode.SOFTWARE : ExitCode.OK;
  }

  private static Row row(Finding finding) {
    return new Row()
        .with("level", finding.level().name())
        .with("subject", finding.subject())
        .with("finding", finding.what())
        .with("advice", finding.advice().isEmpty() ? null : finding.advice());
  }
}
