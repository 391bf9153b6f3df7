package io.holdfast.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.testkit.chaos.ChaosResult;
import io.holdfast.testkit.chaos.Leg;
import io.holdfast.testkit.fault.Cluster;
import io.holdfast.testkit.fault.Clusters;
import io.holdfast.testkit.fault.Fault;
import io.holdfast.testkit.fault.Faults;
import io.holdfast.testkit.fault.Store;
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
 * After each window a line says how far it has come. A window that goes wrong stays in {@code *
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

  private final List<Tally> tallies = new ArrayList<>();

  @ParameterizedTest
  @EnumSource
  @Timeout(24 * 3_600)
  void locks_underFaultsForLong_keepTheirPromises(Store store) throws IOException {
    String only = System.getProperty("holdfast.store", store.toString());
    assumeTrue(store.toString().equals(only), "only " + only + " is asked for");
    Duration length = Duration.ofMinutes(Long.getLong(MINUTES)).dividedBy(Store.values().length);
    Tally tally = new Tally();
    tallies.add(tally);
    Map<Leg, Throwable> wrong = hurt(store, System.nanoTime() + length.toNanos(), tally);
    System.out.println(store + " soak:\n" + tally);
    assertThat(wrong).as(Campaign.describe(wrong)).isEmpty();
    Judgement.judge(tally);
  }

  @AfterAll
  void printAll() {
    tallies.forEach(each -> System.out.println("soak: " + each.soFar()));
    System.out.printf(
        "soak: %d operations checked in all%n",
        tallies.stream().mapToLong(Tally::operations).sum());
  }

  private static Map<Leg, Throwable> hurt(Store store, long end, Tally tally) throws IOException {
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

  private static void window(Cluster cluster, Leg leg, Tally tally) throws IOException {
    String name = "soak-" + leg.name();
    ChaosResult result = Campaign.hurt(cluster, leg, name, tally);
    try {
      Judgement.judge(result);
    } catch (AssertionError e) {
      Judgement.keep(result, name);
      throw e;
    }
  }
}
