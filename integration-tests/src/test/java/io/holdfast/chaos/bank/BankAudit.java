package io.holdfast.chaos.bank;

import static org.awaitility.Awaitility.await;

import io.holdfast.payment.PaymentNode;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.ledger.audit.ClientJournal;
import io.holdfast.payment.ledger.audit.Findings;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import io.holdfast.payment.scenario.topup.acquirer.HttpAcquirer;
import io.holdfast.payment.scenario.topup.acquirer.SettlementFile;
import io.holdfast.payment.scenario.topup.acquirer.SettlementFileException;
import io.holdfast.payment.scenario.topup.reconciliation.Difference;
import io.holdfast.payment.scenario.topup.reconciliation.Reconciliation;
import io.holdfast.payment.scenario.topup.reconciliation.ReconciliationReport;
import io.holdfast.payment.scenario.topup.reconciliation.SqlTopUps;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the bank's books look like when its clients have stopped. Blocks. */
final class BankAudit {

  private final Map<String, DatabaseConfig> databases;
  private final AcquirerConfig acquirer;
  private final LocalDate from = LocalDate.now(ZoneOffset.UTC);

  /** Of a bank that begins now. */
  BankAudit(Map<String, DatabaseConfig> databases, AcquirerConfig acquirer) {
    this.databases = new TreeMap<>(databases);
    this.acquirer = acquirer;
  }

  /** Waits until nothing is under way, neither between databases nor with the acquirer. */
  void awaitRest(Duration bound) {
    Audit audit = audit();
    await().atMost(bound).until(() -> audit.underWay() == 0 && processing() == 0);
  }

  private Audit audit() {
    return new Audit(databases, PaymentNode.auditRules());
  }

  /** How many top-ups wait for the acquirer, or for what it has said to be booked. */
  int processing() throws SQLException {
    int count = 0;
    for (DatabaseConfig each : databases.values()) {
      try (Connection connection = BankDatabases.connect(each);
          Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(
                  "SELECT count(*) FROM document"
                      + " WHERE kind = 'topup' AND (body->>'state' = 'PROCESSING'"
                      + " OR (body->>'checksLeft')::int > 0)")) {
        row.next();
        count += row.getInt(1);
      }
    }
    return count;
  }

  /** The product's own audit, with what clients were told. */
  Findings findings(ClientJournal journal) throws SQLException {
    return audit().run(journal);
  }

  /**
   * The top-ups against the acquirer's files of all days since the beginning.
   *
   * @param folder for the files
   * @return how many there are of each kind of difference, and how many charges were compared
   */
  Reconciled reconciled(Path folder) throws IOException, InterruptedException {
    Map<Difference, Long> differences = new TreeMap<>();
    long charges = 0;
    LocalDate until = LocalDate.now(ZoneOffset.UTC);
    for (LocalDate day = from; !day.isAfter(until); day = day.plusDays(1)) {
      Path file = folder.resolve("settlement-" + day);
      new HttpAcquirer(acquirer).download(day, file);
      ReconciliationReport report =
          compare(file, day, new SqlTopUps(List.copyOf(databases.values())));
      report.differences().forEach((kind, count) -> differences.merge(kind, count, Long::sum));
      charges += report.theirs().values().stream().mapToLong(each -> each.charges()).sum();
    }
    return new Reconciled(charges, differences);
  }

  private static ReconciliationReport compare(Path file, LocalDate day, SqlTopUps books)
      throws IOException {
    try {
      return Reconciliation.compare(SettlementFile.open(file, day), books);
    } catch (SettlementFileException e) {
      throw new IOException(e);
    }
  }

  /**
   * What came of the comparison with the acquirer.
   *
   * @param charges in the acquirer's files
   * @param differences how many of each kind
   */
  record Reconciled(long charges, Map<Difference, Long> differences) {}
}
