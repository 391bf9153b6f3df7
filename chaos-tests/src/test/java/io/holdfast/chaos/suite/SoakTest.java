package io.holdfast.chaos.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.chaos.ChaosResult;
import io.holdfast.chaos.Leg;
import io.holdfast.chaos.fault.Cluster;
import io.holdfast.chaos.fault.Clusters;
import io.holdfast.chaos.fault.Fault;
import io.holdfast.chaos.fault.FaultCatalog;
import io.holdfast.chaos.fault.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code -Dchaos.minutes=N}: one cluster of each kind, hurt again and again for half of that time;
 * {@code -Dholdfast.store} leaves one out.
 *
 * <p>In windows: clients of a window begin in a namespace of their own, take some faults, and end;
 * what they noted is judged and thrown away, so that neither memory nor disk grows with the time.
 * After each window a line says how far it has come. A window that goes wrong stays in {@code
 * target/chaos} and fails the test, which goes on unless too many have.
 */
@EnabledIfSystemProperty(named = SoakTest.MINUTES, matches = ".+")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ResourceLock("processors")
final class SoakTest {

  static final String MINUTES = "chaos.minutes";

  private static final int FAULTS_IN_A_WINDOW = 6;

  /** More tell nothing new, and take disk. */
  private static final int MOST_WRONG = 3;

  private final List<CampaignSummary> tallies = new ArrayList<>();

  @ParameterizedTest
  @EnumSource
  @Timeout(24 * 3_600)
  void locks_underFaultsForLong_keepTheirPromises(Store store) throws IOException {
    String only = System.getProperty("holdfast.store", store.toString());
    assumeTrue(store.toString().equals(only), "only " + only + " is asked for");
    Duration length = Duration.ofMinutes(Long.getLong(MINUTES)).dividedBy(Store.values().length);
    CampaignSummary tally = new CampaignSummary();
    tallies.add(tally);
    Map<Leg, Throwable> wrong = hurt(store, System.nanoTime() + length.toNanos(), tally);
    System.out.println(store + " soak:\n" + tally);
    assertThat(wrong).as(LegRunner.describe(wrong)).isEmpty();
    ChaosAssertions.judge(tally);
  }

  @AfterAll
  void printAll() {
    tallies.forEach(each -> System.out.println("soak: " + each.soFar()));
    System.out.printf(
        "soak: %d operations checked in all%n",
        tallies.stream().mapToLong(CampaignSummary::operations).sum());
  }

  private static Map<Leg, Throwable> hurt(Store store, long end, CampaignSummary tally)
      throws IOException {
    long seed = ChaosTest.seeds().get(0);
    Random random = new Random(seed);
    String provider = Clusters.providers().get(0);
    Map<Leg, Throwable> wrong = new LinkedHashMap<>();
    try (Cluster cluster = Clusters.start(provider, store, 3)) {
      for (int window = 1; window == 1 || System.nanoTime() < end; window++) {
        Leg leg = new Leg(store, provider, seed + window, choose(cluster, random));
        try {
          window(cluster, leg, tally);
        } catch (AssertionError | RuntimeException e) {
          System.out.println("FAILED " + leg.name() + ": " + e);
          wrong.put(leg, e);
        }
        System.out.println(store + " " + tally.soFar());
        if (wrong.size() == MOST_WRONG) {
          break;
        }
      }
    }
    return wrong;
  }

  private static List<String> choose(Cluster cluster, Random random) {
    List<String> able =
        new ArrayList<>(
            FaultCatalog.all().stream()
                .filter(fault -> cluster.capabilities().containsAll(fault.needs()))
                .map(Fault::name)
                .filter(name -> !name.equals(ChaosAssertions.TRIES_THE_FENCE))
                .toList());
    Collections.shuffle(able, random);
    List<String> chosen = new ArrayList<>(able.subList(0, FAULTS_IN_A_WINDOW));
    chosen.add(ChaosAssertions.TRIES_THE_FENCE);
    return chosen;
  }

  private static void window(Cluster cluster, Leg leg, CampaignSummary tally) throws IOException {
    String name = "soak-" + leg.name();
    ChaosResult result = LegRunner.hurt(cluster, leg, name, tally);
    try {
      ChaosAssertions.judge(result);
    } catch (AssertionError e) {
      ChaosAssertions.keep(result, name);
      throw e;
    }
  }
}
