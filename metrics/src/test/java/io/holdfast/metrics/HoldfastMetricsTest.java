package io.holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HoldfastMetricsTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Coordinator coordinator =
      Coordinator.connect("memory://metrics/" + UUID.randomUUID());
  private final HoldfastMetrics metrics =
      HoldfastMetrics.of(coordinator, name -> name.substring(0, name.indexOf('-')));

  @BeforeEach
  void bind() {
    metrics.bindTo(meters);
  }

  @AfterEach
  void close() {
    coordinator.close();
  }

  private long timed(String name, String... tags) {
    var timer = meters.find(name).tags(tags).timer();
    return timer == null ? 0 : timer.count();
  }

  private static void awaitThat(org.awaitility.core.ThrowingRunnable assertion) {
    await().atMost(Duration.ofSeconds(60)).untilAsserted(assertion);
  }

  @Test
  void lock_acquiredAndReleased_isTimed() throws Exception {
    Locks locks = new Locks(coordinator);
    LockQueues queues = new LockQueues(coordinator);
    LockGrant first = locks.lock("order-1", LockConfig.unshared()).exclusive().acquire();
    CompletableFuture<LockGrant> behind =
        locks.lock("order-1", LockConfig.unshared()).exclusive().acquireAsync();
    await().atMost(Duration.ofSeconds(60)).until(() -> queues.queue("order-1").get().size() == 2);
    assertThat(locks.lock("order-1", LockConfig.unshared()).exclusive().tryAcquire()).isEmpty();
    first.close();
    behind.get(60, TimeUnit.SECONDS).close();

    awaitThat(
        () -> {
          assertThat(timed("holdfast.lock.wait", "ending", "acquired", "lock", "order"))
              .isEqualTo(2);
          assertThat(timed("holdfast.lock.wait", "ending", "not_free")).isEqualTo(1);
          assertThat(timed("holdfast.lock.hold", "ending", "released", "in", "locks")).isEqualTo(2);
          assertThat(meters.get("holdfast.lock.queue").summary().max()).isEqualTo(1);
          assertThat(timed("holdfast.request", "operation", "join", "outcome", "done"))
              .isEqualTo(2);
        });
    assertThat(meters.get("holdfast.session.active").gauge().value()).isEqualTo(1);
    assertThat(meters.getMeters())
        .extracting(Meter::getId)
        .allSatisfy(id -> assertThat(id.getTags().toString()).doesNotContain("order-1"));
  }

  @Test
  void session_ended_countsTheLossOfWhatItHeld() throws InterruptedException {
    LockGrant grant = new Locks(coordinator).lock("order-2").exclusive().acquire();
    coordinator.current().orElseThrow().close();

    awaitThat(
        () -> {
          assertThat(grant.state()).isEqualTo(GrantState.LOST);
          assertThat(meters.get("holdfast.lock.lost").tag("reason", "closed").counter().count())
              .isEqualTo(1);
          assertThat(meters.get("holdfast.session.ended").counter().count()).isEqualTo(1);
          assertThat(timed("holdfast.lock.hold", "ending", "lost")).isEqualTo(1);
        });
  }

  @Test
  void listener_thatThrows_disturbsNobody() throws InterruptedException {
    coordinator.listen(
        event -> {
          throw new IllegalStateException("on purpose");
        });
    new Locks(coordinator).lock("order-3").exclusive().acquire().close();
    awaitThat(() -> assertThat(timed("holdfast.lock.hold")).isEqualTo(1));

    metrics.close();
    new Locks(coordinator).lock("order-3").exclusive().acquire().close();
    assertThat(timed("holdfast.lock.hold")).isEqualTo(1);
  }
}
