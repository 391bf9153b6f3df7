package io.holdfast.demo;

import io.holdfast.payment.PaymentNode;
import io.holdfast.payment.ledger.AuditRule;
import io.holdfast.payment.ledger.audit.Check;
import io.holdfast.payment.ledger.audit.Findings;
import io.holdfast.payment.load.FenceRejections;
import io.holdfast.payment.load.LoadReport;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The end of a demo: the audit, and what came of it all. */
final class DemoSummary {

  static final String TRANSFERS = "transfers";

  private static final Duration REST_BOUND = Duration.ofMinutes(2);

  private final RunningDemo demo;
  private final ProgressLog.Printer printer;

  DemoSummary(RunningDemo demo, ProgressLog.Printer printer) {
    this.demo = demo;
    this.printer = printer;
  }

  /**
   * Audits and sums up.
   *
   * @param restartMillis how long the restart of the databases took
   * @param warmedUp transfers that were done before the load began
   * @param seconds how long it lasted
   */
  DemoReport report(NodeKill.Takeover takeover, long restartMillis, long warmedUp, double seconds)
      throws IOException, SQLException, InterruptedException {
    awaitRest();
    int undecided = demo.audit().underWay();
    TopUps topUps = demo.ledger().topUps();
    Map<String, Long> charged = demo.acquirer().charged();
    Findings findings = audit();
    LoadReport load = demo.load().report();
    DemoReport report =
        new DemoReport(
            demo.cluster().backend(),
            demo.plan().nodes(),
            round(seconds),
            demo.plan().seed(),
            load.acknowledged(),
            load.refused(),
            load.unknownResolved(),
            load.unresolved(),
            scenarios(load),
            topUps.processing(),
            topUps.differences(charged),
            takeover.kills(),
            takeover.millis(),
            takeover.commits(),
            takeover.undecided(),
            undecided,
            restartMillis,
            FenceRejections.of(demo.view().snapshot(), demo.target(), demo.callers().auditor()),
            findings.wrong(Check.ACKNOWLEDGED),
            findings.wrong(Check.DUPLICATE) + findings.wrong(Check.UNASKED),
            findings.looked().values().stream().mapToLong(Long::longValue).sum(),
            findings.wrong().values().stream().mapToLong(Long::longValue).sum(),
            findings.isClean(),
            demo.plan().shards(),
            demo.plan().shards() - demo.owners().owned(),
            round((load.acknowledged() - warmedUp) / seconds),
            round(load.median().toNanos() / 1e6),
            round(load.p99().toNanos() / 1e6),
            round(load.orphanedP99().toNanos() / 1e6),
            round(load.lateness().toNanos() / 1e6),
            takeover.othersInTime());
    print(report, topUps, charged.size());
    return report;
  }

  /** What is decided is carried out behind, and cards are charged; an audit looks after that. */
  private void awaitRest() throws SQLException, InterruptedException {
    long begun = System.nanoTime();
    while ((demo.audit().underWay() > 0 || demo.ledger().topUps().processing() > 0)
        && System.nanoTime() - begun < REST_BOUND.toNanos()) {
      TimeUnit.NANOSECONDS.sleep(RunningDemo.POLL_INTERVAL.toNanos());
    }
  }

  private Findings audit() throws SQLException {
    printer.say("audit: the answers that the clients got against the ledger, and its rules");
    Findings findings = demo.audit().run(demo.load().journal());
    findings.lines().forEach(line -> printer.say("  %s", line));
    printer.say("rules of the scenarios, each in both databases:");
    for (AuditRule rule : PaymentNode.auditRules()) {
      printer.say("  %s", rule.name());
    }
    return findings;
  }

  private Map<String, ScenarioCounts> scenarios(LoadReport transfers) {
    Map<String, ScenarioCounts> counts = new LinkedHashMap<>();
    counts.put(TRANSFERS, ScenarioCounts.of(transfers));
    demo.scenarios().reports().forEach((name, load) -> counts.put(name, ScenarioCounts.of(load)));
    return counts;
  }

  private void print(DemoReport report, TopUps topUps, int charges) {
    printer.say(
        "%-14s %8s %8s %8s %22s %11s",
        "requests", "asked", "done", "refused", "unknown and resolved", "unresolved");
    report
        .scenarios()
        .forEach(
            (name, count) ->
                printer.say(
                    "%-14s %8d %8d %8d %22d %11d",
                    name,
                    count.asked(),
                    count.done(),
                    count.refused(),
                    count.unknownResolved(),
                    count.unresolved()));
    printer.say(
        "cards: %d top-ups booked, %d declined, %d not known yet; of %d the acquirer's first answer"
            + " settled nothing; the acquirer charged %d cards: %d differences",
        topUps.booked().size(),
        topUps.declined(),
        topUps.processing(),
        topUps.askedAgain(),
        charges,
        report.acquirerDifferences());
    printer.say(
        "the node was killed inside %d commit(s) between the databases; undecided: %d then, %d at"
            + " the end",
        report.commitsAtKill(), report.undecidedAtKill(), report.undecidedAtEnd());
    printer.say(
        "%.1f transfers/s, p50 %.1f ms, p99 %.1f ms; to shards without an owner or a database"
            + " p99 %.1f ms; takeover %d ms; %d stale writes refused",
        report.throughputPerSecond(),
        report.p50Millis(),
        report.p99Millis(),
        report.orphanedP99Millis(),
        report.takeoverMs(),
        report.fenceRejections());
    printer.say(
        "lost %d, doubled %d, wrong %d of %d that were looked at, shards without owner %d: %s",
        report.lostAcknowledged(),
        report.duplicateEffects(),
        report.auditWrong(),
        report.auditLooked(),
        report.shardsWithoutOwner(),
        report.holds() ? "every cent is where it belongs" : "THIS MUST NOT BE");
  }

  private static double round(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
