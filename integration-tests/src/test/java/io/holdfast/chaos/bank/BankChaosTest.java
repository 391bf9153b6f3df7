package io.holdfast.chaos.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.fault.Cluster;
import io.holdfast.chaos.fault.Clusters;
import io.holdfast.chaos.fault.Fault;
import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.fault.Store;
import io.holdfast.chaos.report.ReportFiles;
import io.holdfast.payment.ledger.audit.Check;
import io.holdfast.payment.scenario.topup.reconciliation.Difference;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * All scenarios under faults, on both stores: money is conserved, every key has exactly one effect,
 * what was acknowledged is there, the rules of the scenarios hold, nothing stays in doubt, and the
 * cards that the acquirer has charged are those that are booked. History and report are kept in
 * {@code target/chaos}.
 *
 * <p>{@code -Dholdfast.seed=N} replays, {@code -Dholdfast.faults=a,b} names other faults: those of
 * the locks' chaos, and those of {@link BankFaults}; {@code bank} is all of the latter. Both stores
 * at once: nothing here is judged by the clock.
 */
@Timeout(900)
@Execution(ExecutionMode.CONCURRENT)
@Order(1)
final class BankChaosTest {

  /** With these, every kind of {@link BankFaults} comes up in every build, on one of the stores. */
  private static final Map<Store, String> ORDINARY =
      Map.of(
          Store.ETCD,
          "acquirer-failing,client-paused,postgres-killed,acquirer-refusing",
          Store.ZOOKEEPER,
          "acquirer-crashed,postgres-paused,client-killed,postgres-cut,acquirer-killed");

  @ParameterizedTest
  @EnumSource
  void payments_underFaults_areDoneExactlyOnce(Store store, @TempDir Path folder)
      throws InterruptedException, SQLException, IOException {
    long seed = Long.getLong("holdfast.seed", 1L);
    String ordinary = Objects.requireNonNull(ORDINARY.get(store));
    List<String> names = List.of(System.getProperty("holdfast.faults", ordinary).split(",", -1));
    try (Cluster cluster = Clusters.start(store, 3);
        BankRun run = BankRun.start(cluster, seed, folder)) {
      for (String name : names) {
        List<Fault> meant = run.faults().stream().filter(each -> isMeant(name, each)).toList();
        assertThat(meant).as("no fault is called %s", name).isNotEmpty();
        meant.forEach(run::hurt);
      }
      BankResult result = run.finish();
      System.out.println(result.summary());
      ReportFiles.write(Path.of("target", "chaos"), store + "-bank-" + seed, result.chaos());
      judge(result);
    }
  }

  private static boolean isMeant(String name, Fault fault) {
    return name.equals("bank") ? BankFaults.isOne(fault) : name.equals(fault.name());
  }

  private static void judge(BankResult result) {
    String summary = result.summary();
    assertThat(result.chaos().check().result()).as(summary).isEqualTo(HistoryCheck.Result.VALID);
    assertThat(result.findings().isClean()).as(summary).isTrue();
    assertThat(result.findings().looked(Check.ACKNOWLEDGED)).as(summary).isGreaterThan(50);
    assertThat(result.inDoubt()).as(summary).isZero();
    assertThat(result.unresolved()).as(summary).isZero();
    assertThat(result.load().values())
        .as(summary)
        .hasSize(4)
        .allMatch(scenario -> scenario.acknowledged() > 5, "was used");
    assertThat(result.disputes().taken()).as(summary).isGreaterThan(result.disputes().given());
    assertThat(result.disputes().given()).as(summary).isPositive();
    // What the acquirer did twice is its fault, and has to be found.
    assertThat(result.reconciled().differences())
        .as(summary)
        .isEqualTo(
            result.doubled() == 0 ? Map.of() : Map.of(Difference.DUPLICATE, result.doubled()));
    assertThat(result.chaos().faultOutcomes())
        .as(summary)
        .isNotEmpty()
        .allMatch(FaultOutcome::bitten, "bit");
  }
}
