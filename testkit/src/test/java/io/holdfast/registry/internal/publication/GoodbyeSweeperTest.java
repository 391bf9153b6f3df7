package io.holdfast.registry.internal.publication;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.RegistryOptions;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import io.holdfast.registry.internal.format.HoldfastFormat;
import io.holdfast.spi.Consistency;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.memory.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How many goodbyes lie about, in virtual time. */
final class GoodbyeSweeperTest {

  private static final CoordinatorOptions OPTIONS = CoordinatorOptions.defaults();
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int MANY = 120;

  private final VirtualTime time = new VirtualTime(1);
  private final MemoryCluster cluster = MemoryCluster.on(time);
  private final Coordinator coordinator =
      Coordinator.start(cluster.client("client", OPTIONS), OPTIONS, "memory");
  private final Registry registry =
      new Registry(
          coordinator, RegistryOptions.defaults(OPTIONS), RegistryFormat.holdfast(), time.clock());

  private <T> T await(CompletableFuture<T> future) {
    assertThat(time.runUntil(future::isDone, LIMIT)).isTrue();
    return future.join();
  }

  private long goodbyes() {
    return await(
            coordinator
                .session()
                .thenCompose(
                    session ->
                        session.list(
                            HoldfastFormat.DIRECTORY.child("s"), Consistency.LINEARIZABLE)))
        .entries()
        .stream()
        .filter(entry -> InstanceMarkers.isGoodbye(entry.key()))
        .count();
  }

  private void registerAndClose(String name) {
    List<Registration> all = new ArrayList<>();
    IntStream.range(0, MANY)
        .forEach(
            i -> all.add(registry.registerAsync(ServiceInstance.of("s", name + i, "10.0.0.1"))));
    all.forEach(each -> await(each.published()));
    all.forEach(each -> await(each.closeAsync()));
  }

  /** Nobody registers any more: it is for those who look to keep things tidy. */
  @Test
  void goodbyes_afterTheirTime_areGoneAsLongAsSomebodyHasAView() {
    try (ServiceView view = registry.view("s")) {
      registerAndClose("a");
      time.advance(Duration.ofMinutes(2));
      assertThat(goodbyes()).as("views that lag have to hear of it").isEqualTo(MANY);

      time.advance(GoodbyeSweeper.KEPT.multipliedBy(4));

      assertThat(goodbyes()).isZero();
      assertThat(view.snapshot().isEmpty()).isTrue();
    }
  }

  @Test
  void goodbyes_manyComeAndGoWithoutAView_areOfTheLastWhileOnly() {
    for (int i = 0; i < 6; i++) {
      registerAndClose("a" + i + "-");
      time.advance(GoodbyeSweeper.KEPT.plusMinutes(2));
    }

    assertThat(goodbyes()).isLessThanOrEqualTo(2 * MANY);
  }
}
