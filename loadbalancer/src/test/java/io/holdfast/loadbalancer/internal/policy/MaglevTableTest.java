package io.holdfast.loadbalancer.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.loadbalancer.Snapshots;
import io.holdfast.loadbalancer.Ticker;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import io.holdfast.loadbalancer.internal.feedback.EndpointSet;
import io.holdfast.registry.ServiceInstance;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MaglevTableTest {

  private static final int SIZE = 1_009;

  private static TrackedEndpoint[] endpoints(int... weights) {
    ServiceInstance[] instances = Snapshots.instances(weights.length);
    for (int i = 0; i < instances.length; i++) {
      instances[i] = instances[i].withWeight(weights[i]);
    }
    return Choice.array(
        new EndpointSet(PolicySettings.PLAIN, Ticker.SYSTEM, null)
            .endpoints(Snapshots.of(instances).get()));
  }

  private static int[] owners(MaglevTable table) {
    int[] owners = new int[table.slots()];
    Arrays.setAll(owners, table::owner);
    return owners;
  }

  /** Round after round, as the paper and Envoy have it; everybody is looked at in each. */
  private static int[] ownersByRounds(TrackedEndpoint[] endpoints, int size) {
    int[] owners = new int[size];
    Arrays.fill(owners, -1);
    int heaviest = Arrays.stream(endpoints).mapToInt(TrackedEndpoint::weight).max().orElseThrow();
    long[] earned = new long[endpoints.length];
    int[] slots = new int[endpoints.length];
    int[] skips = new int[endpoints.length];
    for (int i = 0; i < endpoints.length; i++) {
      String id = endpoints[i].id();
      slots[i] = (int) Long.remainderUnsigned(XxHash64.of(id, 0x6f66667365740000L), size);
      skips[i] = 1 + (int) Long.remainderUnsigned(XxHash64.of(id, 0x736b697000000000L), size - 1);
    }
    for (int taken = 0; taken < size; ) {
      for (int i = 0; i < endpoints.length && taken < size; i++) {
        earned[i] += endpoints[i].weight();
        if (earned[i] >= heaviest) {
          earned[i] -= heaviest;
          while (owners[slots[i]] >= 0) {
            slots[i] = (slots[i] + skips[i]) % size;
          }
          owners[slots[i]] = i;
          taken++;
        }
      }
    }
    return owners;
  }

  @Test
  void owners_anyWeights_areThoseOfTheRounds() {
    Random random = new Random(29);
    for (int i = 0; i < 200; i++) {
      int most = random.nextBoolean() ? 1 : 1 + random.nextInt(1_000);
      int[] weights = random.ints(1 + random.nextInt(40), 1, most + 1).toArray();
      TrackedEndpoint[] endpoints = endpoints(weights);

      assertThat(owners(new MaglevTable(endpoints, SIZE)))
          .as("%s", Arrays.toString(weights))
          .isEqualTo(ownersByRounds(endpoints, SIZE));
    }
  }

  /** By rounds these tables take ten thousand million steps, however fast the machine is. */
  @Test
  void make_oneFarHeavierThanMany_takesNoLookAtEachInEveryRound() {
    int[] weights = new int[5_000];
    Arrays.fill(weights, 1);
    weights[0] = 10_000;
    TrackedEndpoint[] endpoints = endpoints(weights);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();

    for (int i = 0; i < 5; i++) {
      assertThat(new MaglevTable(endpoints, 655_373).slots()).isEqualTo(655_373);
    }

    // Of the processor, so that it does not matter what else runs here.
    assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - before))
        .isLessThan(Duration.ofSeconds(10));
  }
}
