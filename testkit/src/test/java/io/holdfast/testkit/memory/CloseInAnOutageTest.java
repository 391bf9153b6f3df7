package io.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.memory.Faults.Direction;
import io.holdfast.testkit.memory.Faults.Fate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever waits for a lock while the cluster does not answer asks it again and again, with pauses
 * between. Closing ends the wait, whether it is just asking or pausing.
 */
final class CloseInAnOutageTest {

  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults()
          .withSessionTimeout(Duration.ofSeconds(60))
          .withRequestTimeout(Duration.ofMillis(300));

  @ParameterizedTest(name = "after {0} ms")
  @ValueSource(ints = {100, 340, 700, 1_500})
  void close_whileAWaiterAsksOrPauses_endsTheWait(int after) {
    VirtualTime time = new VirtualTime(after);
    MemoryCluster cluster = MemoryCluster.on(time);
    Coordinator coordinator =
        Coordinator.start(cluster.client("waiter", OPTIONS), OPTIONS, "outage");
    assertThat(time.runUntil(coordinator.session()::isDone, Duration.ofSeconds(10))).isTrue();
    cluster.faults(
        (client, message) -> message.direction() == Direction.REQUEST ? Fate.LOST : Fate.ARRIVES);
    CompletableFuture<LockGrant> waiting =
        new Locks(coordinator).lock("l", LockConfig.unshared()).exclusive().acquireAsync();
    time.advance(Duration.ofMillis(after));
    assertThat(waiting).isNotDone();

    coordinator.close();

    assertThat(time.runUntil(waiting::isDone, Duration.ofSeconds(1))).as("ended").isTrue();
    assertThat(waiting.handle((grant, why) -> why).join()).isInstanceOf(UnavailableException.class);
  }
}
