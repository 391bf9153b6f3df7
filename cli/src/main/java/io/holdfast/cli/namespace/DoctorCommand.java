package io.holdfast.cli.namespace;

import io.holdfast.cli.console.Connection;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Doctor;
import io.holdfast.coordination.Finding;
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
      "Examines the cluster and the way to it, and says what to do where something is not well.",
      "Servers and their versions, TLS, session time-out, clocks, latency of a write and of a"
          + " linearizable read, permissions, generation. It writes below doctor in the namespace,"
          + " and leaves nothing behind.",
      "JSON: level (OK, WARNING, PROBLEM), subject, finding, advice (null if nothing need be done).",
      "Exit code 1: there is a problem; warnings are none."
    })
public final class DoctorCommand implements Callable<Integer> {

  @Mixin private Connection connection = new Connection();
  @Mixin private Listing listing = new Listing();

  @Override
  public Integer call() throws InterruptedException {
    List<Finding> findings;
    try (Coordinator coordinator = connection.openInBackground()) {
      findings = new Doctor(coordinator, ClusterUri.parse(connection.address())).examine();
    }
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
