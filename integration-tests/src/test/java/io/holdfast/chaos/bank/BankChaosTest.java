package io.holdfast.chaos.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.fault.Cluster;
import io.holdfast.chaos.fault.Clusters;
import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.fault.Store;
import io.holdfast.chaos.report.ReportFiles;
import io.holdfast.payment.ledger.audit.Check;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The ledger under faults, on both stores: money is conserved, every key has exactly one effect,
 * what was acknowledged is there, and nothing stays in doubt. History and report are kept in {@code
 * target/chaos}.
 *
 * <p>{@code -Dholdfast.seed=N} replays, {@code -Dholdfast.faults=a,b} names other faults: those of
 * the locks' chaos, {@code postgres-killed} and {@code postgres-paused}. Both stores at once:
 * nothing here is judged by the clock.
 */
@Timeout(900)
@Execution(ExecutionMode.CONCURRENT)
@Order(1)
final class BankChaosTest {

  @ParameterizedTest
  @EnumSource
  void payments_underFaults_areDoneExactlyOnce(Store store, @TempDir Path folder)
      throws InterruptedException, SQLException, IOException {
    long seed = Long.getLong("holdfast.seed", 1L);
    String ordinary =
        store == Store.ETCD ? "client-paused,postgres-killed" : "postgres-paused,client-killed";
    List<String> names = List.of(System.getProperty("holdfast.faults", ordinary).split(",", -1));
    try (Cluster cluster = Clusters.start(store, 3);
        BankRun run = BankRun.start(cluster, seed, folder)) {
      for (String name : names) {
        run.faults().stream().filter(fault -> fault.name().equals(name)).forEach(run::hurt);
      }
      BankResult result = run.finish();
      System.out.println(result.summary());
      ReportFiles.write(Path.of("target", "chaos"), store + "-bank-" + seed, result.chaos());
      judge(result);
    }
  }

  private static void judge(BankResult result) {
    String summary = result.summary();
    assertThat(result.chaos().check().result()).as(summary).isEqualTo(HistoryCheck.Result.VALID);
    assertThat(result.findings().isClean()).as(summary).isTrue();
    assertThat(result.findings().looked(Check.ACKNOWLEDGED)).as(summary).isGreaterThan(50);
    assertThat(result.inDoubt()).as(summary).isZero();
    assertThat(result.load().unresolved()).as(summary).isZero();
    assertThat(result.chaos().faultOutcomes())
        .as(summary)
        .isNotEmpty()
        .allMatch(FaultOutcome::bitten, "bit");
  }
}
