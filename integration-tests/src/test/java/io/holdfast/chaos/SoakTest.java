package io.holdfast.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.testkit.chaos.ChaosResult;
import io.holdfast.testkit.chaos.ChaosRun;
import io.holdfast.testkit.chaos.Leg;
import io.holdfast.testkit.chaos.StuckException;
import io.holdfast.testkit.chaos.Workload;
import io.holdfast.testkit.fault.Cluster;
import io.holdfast.testkit.fault.Clusters;
import io.holdfast.testkit.fault.Fault;
import io.holdfast.testkit.fault.Faults;
import io.holdfast.testkit.fault.Store;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code -Dchaos.minutes=N}: one cluster of each kind, hurt again and again for half of that time;
 * {@code -Dholdfast.store} leaves one out.
 *
 * <p>In windows: clients of a window begin in a namespace of their own, take some faults, and end;
 * what they noted is judged and thrown away, so that neither memory nor disk grows with the time. A
 * window that goes wrong stays in {@code target/chaos} and ends the test.
 */
@EnabledIfSystemProperty(named = SoakTest.MINUTES, matches = ".+")
final class SoakTest {

  static final String MINUTES = "chaos.minutes";

  private static final int FAULTS_IN_A_WINDOW = 6;

  @ParameterizedTest
  @EnumSource
  @Timeout(24 * 3_600)
  void locks_underFaultsForLong_keepTheirPromises(Store store) throws IOException {
    String only = System.getProperty("holdfast.store", store.toString());
    assumeTrue(store.toString().equals(only), "only " + only + " is asked for");
    long end = System.nanoTime() + Duration.ofMinutes(Long.getLong(MINUTES)).toNanos() / 2;
    long seed = ChaosTest.seeds().get(0);
    Random random = new Random(seed);
    Tally tally = new Tally();
    String provider = Clusters.providers().get(0);
    try (Cluster cluster = Clusters.start(provider, store, 3)) {
      for (int window = 1; window == 1 || System.nanoTime() < end; window++) {
        Leg leg = new Leg(store, provider, seed + window, choose(cluster, random));
        ChaosResult result = window(cluster, leg);
        tally.add(leg, result);
        System.out.printf(
            "%s window %d: %d operations, %d so far%n",
            store, window, result.check().operations(), tally.operations());
      }
    }
    System.out.println(tally);
    assertThat(tally.operations()).isPositive();
    Judgement.judge(tally);
  }

  private static List<String> choose(Cluster cluster, Random random) {
    List<String> able =
        new ArrayList<>(
            Faults.all().stream()
                .filter(fault -> cluster.abilities().containsAll(fault.needs()))
                .map(Fault::name)
                .filter(name -> !name.equals(Judgement.TRIES_THE_FENCE))
                .toList());
    Collections.shuffle(able, random);
    List<String> chosen = new ArrayList<>(able.subList(0, FAULTS_IN_A_WINDOW));
    chosen.add(Judgement.TRIES_THE_FENCE);
    return chosen;
  }

  private static ChaosResult window(Cluster cluster, Leg leg) throws IOException {
    try (TemporaryFolder folder = TemporaryFolder.create("holdfast-soak-")) {
      try (ChaosRun run =
          ChaosRun.start(cluster, leg.seed(), folder.path(), EnumSet.allOf(Workload.class))) {
        leg.faults().forEach(name -> run.hurt(Faults.named(name)));
        run.hurtUntilFenced(Faults.named(Judgement.TRIES_THE_FENCE), Judgement.MOST_TRIES);
        ChaosResult result = run.finish();
        try {
          Judgement.judge(result);
        } catch (AssertionError e) {
          Judgement.keep(result, "soak-" + leg.name());
          throw e;
        }
        return result;
      } catch (StuckException e) {
        Judgement.keepNotes(folder, "soak-" + leg.name());
        throw e;
      }
    }
  }
}
