package io.holdfast.chaos.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.chaos.Leg;
import io.holdfast.chaos.fault.Clusters;
import io.holdfast.chaos.fault.Store;
import io.holdfast.testkit.docker.DockerEngine;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A short run with the servers in containers, where a Docker engine answers. {@link ChaosTest}
 * takes any fault there with {@code -Dholdfast.cluster=docker}.
 */
@Timeout(900)
@ResourceLock("processors")
final class DockerChaosTest {

  private static final long SEED = 1;
  private static final List<String> FAULTS =
      List.of("kill-leader", "unplug-leader", "session-ended", "client-paused");

  @BeforeAll
  static void requireDocker() throws InterruptedException {
    boolean answers = DockerEngine.answers();
    if (!answers) {
      System.out.println("SKIPPED: no Docker engine answers, so no chaos in containers");
    }
    assumeTrue(answers, "no Docker engine answers");
  }

  @Test
  void faults_withServersInContainers_breakNoPromise() throws InterruptedException {
    List<Leg> legs =
        Arrays.stream(Store.values())
            .map(store -> new Leg(store, Clusters.DOCKER, SEED, FAULTS))
            .toList();
    Map<Leg, Throwable> wrong = LegRunner.run(legs);
    assertThat(wrong).as(LegRunner.describe(wrong)).isEmpty();
  }
}
