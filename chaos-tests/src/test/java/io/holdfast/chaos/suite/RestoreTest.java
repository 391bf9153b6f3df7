package io.holdfast.chaos.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.chaos.ChaosResult;
import io.holdfast.chaos.ChaosRun;
import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.fault.Cluster;
import io.holdfast.chaos.fault.Clusters;
import io.holdfast.chaos.fault.FaultCatalog;
import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.fault.Store;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A restore from a backup after which nobody raises the generation is noticed: by the fence, which
 * refuses rightful holders, and by the checker. That one after which somebody does is harmless,
 * {@link ChaosTest} shows with all other faults.
 */
@Timeout(600)
final class RestoreTest {

  @ParameterizedTest
  @EnumSource
  void restore_generationNotRaised_isCaught(Store store, @TempDir Path folder) throws IOException {
    try (Cluster cluster = Clusters.start(Clusters.PROCESSES, store, 3);
        ChaosRun run = ChaosRun.start(cluster, 1, folder)) {
      var fault = FaultCatalog.restoreWithoutRaise();
      assumeTrue(cluster.capabilities().containsAll(fault.needs()), "no etcdctl to restore with");
      run.hurt(fault);
      ChaosResult result = run.finish();

      assertThat(result.faultOutcomes()).as(result.summary()).allMatch(FaultOutcome::bitten);
      assertThat(result.check().result())
          .as(result.summary())
          .isEqualTo(HistoryCheck.Result.INVALID);
      assertThat(result.check().fenced()).as(result.summary()).isPositive();
    }
  }
}
