package io.holdfast.chaos;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.testkit.chaos.ChaosResult;
import io.holdfast.testkit.chaos.ChaosRun;
import io.holdfast.testkit.docker.DockerEngine;
import io.holdfast.testkit.fault.Cluster;
import io.holdfast.testkit.fault.Clusters;
import io.holdfast.testkit.fault.Faults;
import io.holdfast.testkit.fault.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A short run with the servers in containers, where a Docker engine answers. {@link ChaosTest}
 * takes any fault there with {@code -Dholdfast.cluster=docker}.
 */
@Timeout(900)
final class DockerChaosTest {

  private static final long SEED = 1;
  private static final Set<String> FAULTS = Set.of("kill-leader", "unplug-leader", "client-paused");

  @BeforeAll
  static void requireDocker() throws InterruptedException {
    boolean answers = DockerEngine.answers();
    if (!answers) {
      System.out.println("SKIPPED: no Docker engine answers, so no chaos in containers");
    }
    assumeTrue(answers, "no Docker engine answers");
  }

  @ParameterizedTest
  @EnumSource
  void locks_withServersInContainers_keepTheirPromises(Store store, @TempDir Path folder)
      throws IOException {
    try (Cluster cluster = Clusters.start(Clusters.DOCKER, store, 3);
        ChaosRun run = ChaosRun.start(cluster, SEED, folder)) {
      Faults.all().stream().filter(fault -> FAULTS.contains(fault.name())).forEach(run::hurt);
      ChaosResult result = run.finish();
      Judgement.keep(result, store + "-docker-" + SEED);
      Judgement.judge(result);
    }
  }
}
