package io.holdfast.loadbalancer;

import static io.holdfast.loadbalancer.Snapshots.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.registry.InstanceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LoadBalancerConcurrencyTest {

  private static final int THREADS = 8;
  private static final int PICKS = 20_000;

  static List<Policy> policies() {
    return LoadBalancerTest.policies();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void picks_whileTheServiceChanges_leaveNothingActiveAndLoseNothing(Policy policy)
      throws InterruptedException, ExecutionException {
    Snapshots snapshots = Snapshots.of(Snapshots.instances(4));
    LoadBalancer balancer = new LoadBalancer(snapshots, policy);
    LoadBalancer subset = balancer.where(i -> !i.id().equals("i03"));
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService executor = Executors.newFixedThreadPool(THREADS + 1);
    try {
      final Future<?> changing = executor.submit(() -> changeUntil(done, snapshots));
      List<Future<?>> picking = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        LoadBalancer mine = t % 2 == 0 ? balancer : subset;
        picking.add(executor.submit(() -> pickMany(mine)));
      }
      for (Future<?> one : picking) {
        one.get();
      }
      done.set(true);
      changing.get();
    } finally {
      executor.shutdownNow();
    }

    snapshots.show(Snapshots.instances(4));
    List<EndpointStatistics> statistics = balancer.statistics();
    assertThat(statistics).hasSize(4).allSatisfy(one -> assertThat(one.active()).isZero());
    long told = statistics.stream().mapToLong(one -> one.successes() + one.failures()).sum();
    assertThat(told).isEqualTo((long) THREADS * PICKS);
  }

  /** All four stay registered, in one epoch; weights and one status change. */
  private static void changeUntil(AtomicBoolean done, Snapshots snapshots) {
    int round = 0;
    while (!done.get()) {
      round++;
      snapshots.show(
          instance("i00"),
          instance("i01").withWeight(1 + round % 300),
          instance("i02")
              .withStatus(round % 2 == 0 ? InstanceStatus.UP : InstanceStatus.OUT_OF_SERVICE),
          instance("i03"));
      Thread.onSpinWait();
    }
  }

  private static void pickMany(LoadBalancer balancer) {
    for (int i = 0; i < PICKS; i++) {
      try (Pick pick = balancer.pick().orElseThrow()) {
        assertThat(pick.instance().status()).isEqualTo(InstanceStatus.UP);
        if (ThreadLocalRandom.current().nextInt(10) == 0) {
          pick.failure();
        } else {
          pick.success();
        }
      }
    }
  }
}
