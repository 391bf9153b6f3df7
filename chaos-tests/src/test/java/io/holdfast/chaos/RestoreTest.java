package io.holdfast.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.testkit.chaos.ChaosResult;
import io.holdfast.testkit.chaos.ChaosRun;
import io.holdfast.testkit.check.HistoryCheck;
import io.holdfast.testkit.fault.Cluster;
import io.holdfast.testkit.fault.Clusters;
import io.holdfast.testkit.fault.Faults;
import io.holdfast.testkit.fault.Injury;
import io.holdfast.testkit.fault.Store;
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
      var fault = Faults.restoreWithoutRaise();
      assumeTrue(cluster.abilities().containsAll(fault.needs()), "no etcdctl to restore with");
      run.hurt(fault);
      ChaosResult result = run.finish();

      assertThat(result.injuries()).as(result.summary()).allMatch(Injury::bitten);
      assertThat(result.check().result())
          .as(result.summary())
          .isEqualTo(HistoryCheck.Result.INVALID);
      assertThat(result.check().fenced()).as(result.summary()).isPositive();
    }
  }
}
