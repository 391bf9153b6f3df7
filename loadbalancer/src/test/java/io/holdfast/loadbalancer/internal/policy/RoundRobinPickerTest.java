package io.holdfast.loadbalancer.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.Snapshots;
import io.holdfast.loadbalancer.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

final class RoundRobinPickerTest {

  private static final int INSTANCES = 7;

  private static LoadBalancer balancer(long seed) {
    return new LoadBalancer(
        Snapshots.of(Snapshots.instances(INSTANCES)),
        Policy.roundRobin(),
        Ticker.SYSTEM,
        RandomSource.seeded(seed));
  }

  private static String pickId(LoadBalancer balancer) {
    try (Pick pick = balancer.pick().orElseThrow()) {
      return pick.instance().id();
    }
  }

  @Test
  void pick_oneThread_takesEachInstanceOnceARound() {
    LoadBalancer balancer = balancer(1);

    for (int round = 0; round < 10; round++) {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < INSTANCES; i++) {
        ids.add(pickId(balancer));
      }
      assertThat(ids).doesNotHaveDuplicates();
    }
  }

  @Test
  void pick_firstOfManyBalancers_isSpreadOverAllInstances() {
    Map<String, Integer> first = new TreeMap<>();
    int balancers = 7_000;
    for (int i = 0; i < balancers; i++) {
      first.merge(pickId(balancer(i)), 1, Integer::sum);
    }

    // 1,000 expected, standard deviation 29.
    assertThat(first).hasSize(INSTANCES);
    assertThat(first.values()).allSatisfy(count -> assertThat(count).isBetween(850, 1_150));
  }

  @Test
  void pick_manyThreads_staysEvenWithinTheNumberOfStripes()
      throws InterruptedException, ExecutionException {
    LoadBalancer balancer =
        new LoadBalancer(Snapshots.of(Snapshots.instances(INSTANCES)), Policy.roundRobin());
    Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    int threads = 20;
    int picks = 10_000;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        running.add(
            executor.submit(
                () -> {
                  for (int i = 0; i < picks; i++) {
                    counts.computeIfAbsent(pickId(balancer), id -> new LongAdder()).increment();
                  }
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      executor.shutdownNow();
    }

    List<Long> all = counts.values().stream().map(LongAdder::sum).sorted().toList();
    assertThat(all.stream().mapToLong(Long::longValue).sum()).isEqualTo((long) threads * picks);
    assertThat(all).hasSize(INSTANCES);
    assertThat(all.get(INSTANCES - 1) - all.get(0)).isLessThanOrEqualTo(RoundRobinPicker.STRIPES);
  }
}
