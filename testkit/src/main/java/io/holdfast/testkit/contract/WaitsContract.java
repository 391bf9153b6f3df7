package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.election.Elections;
import io.holdfast.election.Leadership;
import io.holdfast.lock.ConvertibleGrant;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockConfig.Overstay;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** How waits end: from outside, never, with the coordinator, and how soon after a release. */
public abstract class WaitsContract extends TwoClients {

  /** Neither fits into nanoseconds. */
  private static final List<Duration> FOR_EVER =
      List.of(Duration.ofMillis(Long.MAX_VALUE), Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));

  private static final Duration AGES = Duration.ofHours(1);

  private static DistributedLock lock(Coordinator coordinator) {
    return new Locks(coordinator).lock("orders", LockConfig.unshared()).exclusive();
  }

  private static DistributedLock lock(Coordinator coordinator, LockConfig config) {
    return new Locks(coordinator).lock("orders", config).exclusive();
  }

  private static DistributedLock shared(Coordinator coordinator) {
    return new Locks(coordinator).lock("orders", LockConfig.defaults()).exclusive();
  }

  private List<QueueMember> queue() {
    return get(new LockQueues(second).queue("orders"));
  }

  private void assertNobodyQueues() {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(queue()).isEmpty());
  }

  /** The ways in which whoever has a future may end it, but for cancelling. */
  private static <T> List<Consumer<CompletableFuture<T>>> endings(T value) {
    return List.of(
        future -> future.orTimeout(10, TimeUnit.MILLISECONDS),
        future -> future.completeOnTimeout(value, 10, TimeUnit.MILLISECONDS),
        future -> future.complete(value),
        future -> future.completeExceptionally(new TimeoutException("test")));
  }

  // From outside.

  @Test
  void acquireAsync_completedFromOutside_isGivenUp() throws InterruptedException {
    for (DistributedLock theirs : List.of(lock(second), shared(second))) {
      LockGrant held = lock(first).acquire();
      for (Consumer<CompletableFuture<LockGrant>> ending : endings(held)) {
        CompletableFuture<LockGrant> waiting = theirs.acquireAsync();
        await().atMost(PATIENCE).until(() -> queue().size() == 2);
        ending.accept(waiting);
        await().atMost(PATIENCE).until(waiting::isDone);
        await().atMost(PATIENCE).until(() -> queue().size() == 1);
      }
      held.close();
      assertNobodyQueues();
    }
  }

  @Test
  void campaignAsync_completedFromOutside_isNoCandidateAnyMore() throws InterruptedException {
    try (Leadership leader = new Elections(first).election("billing").campaign()) {
      for (Consumer<CompletableFuture<Leadership>> ending : endings(leader)) {
        CompletableFuture<Leadership> waiting =
            new Elections(second).election("billing").campaignAsync();
        awaitCandidates(2);
        ending.accept(waiting);
        await().atMost(PATIENCE).until(waiting::isDone);
        awaitCandidates(1);
      }
    }
    awaitCandidates(0);
  }

  private void awaitCandidates(int count) {
    await()
        .atMost(PATIENCE)
        .until(() -> get(new Elections(second).candidates("billing")).size() == count);
  }

  @Test
  void upgradeAsync_completedFromOutside_isGivenUpAndTheHoldGoesOn() throws InterruptedException {
    LockGrant reader = new Locks(second).lock("stock").read().acquire();
    ConvertibleGrant reading = new Locks(first).lock("stock").upgradable().acquire();
    for (Consumer<CompletableFuture<LockGrant>> ending : endings(reader)) {
      CompletableFuture<LockGrant> writing = reading.upgradeAsync();
      awaitUpgrades(1);
      ending.accept(writing);
      await().atMost(PATIENCE).until(writing::isDone);
      awaitUpgrades(0);
    }
    reader.close();
    reading.tryUpgrade(PATIENCE).orElseThrow().close();
    reading.close();
  }

  private void awaitUpgrades(int count) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                get(new LockQueues(second).queue("stock")).stream()
                        .filter(place -> place.mode().equals("upgrade"))
                        .count()
                    == count);
  }

  // For ever.

  @Test
  void tryAcquire_forEver_takesTheLockAndGivesItBack() throws InterruptedException {
    for (Duration forEver : FOR_EVER) {
      LockConfig shared =
          LockConfig.defaults().withHandOver(7, forEver).withRetention(Duration.ZERO);
      for (LockConfig config : List.of(LockConfig.unshared(), shared)) {
        LockConfig limits = config.withMaxHold(forEver, Overstay.REVOKE).withCrashDelay(forEver);
        DistributedLock each = lock(first, config);
        LockGrant grant = lock(first, limits).tryAcquire(forEver).orElseThrow();
        CompletableFuture<LockGrant> next = each.acquireAsync();
        assertThat(grant.isHeld()).isTrue();
        grant.close();
        get(next).close();
        assertNobodyQueues();
      }
    }
  }

  @Test
  void withRetention_forEver_isKeptUntilARivalComes() throws InterruptedException {
    for (Duration forEver : FOR_EVER) {
      LockConfig kept = LockConfig.defaults().withRetention(forEver);
      new Locks(first).lock("orders", kept).exclusive().acquire().close();
      assertThat(queue()).hasSize(1);
      lock(second).tryAcquire(forEver).orElseThrow().close();
      assertNobodyQueues();
    }
  }

  @Test
  void campaignAndUpgrade_forEver_end() throws InterruptedException {
    for (Duration forEver : FOR_EVER) {
      new Elections(first).election("billing").campaign(forEver).orElseThrow().close();
      try (ConvertibleGrant reading = new Locks(first).lock("stock").upgradable().acquire()) {
        reading.tryUpgrade(forEver).orElseThrow().close();
      }
    }
  }

  @Test
  void connect_forEver_isTakenForTheLongestThereIs() {
    for (Duration forEver : FOR_EVER) {
      CoordinatorOptions patient =
          options("patient").withConnectTimeout(forEver).withRequestTimeout(forEver);
      try (Coordinator coordinator = connect(namespace(), patient)) {
        assertThat(get(lock(coordinator).acquireAsync())).isNotNull();
      }
    }
  }

  // With the coordinator.

  @Test
  void close_waitersKeptOutAfterACrash_fail() throws InterruptedException {
    lock(first, LockConfig.unshared().withCrashDelay(AGES)).acquire();
    crash(first);
    assertNobodyQueues();
    Coordinator third = owned(connect(namespace(), options("third")));
    List<CompletableFuture<LockGrant>> waiting = new ArrayList<>();
    waiting.add(lock(third, LockConfig.unshared().withCrashDelay(AGES)).acquireAsync());
    waiting.add(lock(third, LockConfig.defaults().withCrashDelay(AGES)).acquireAsync());
    waiting.add(lock(third, LockConfig.defaults().withCrashDelay(AGES)).acquireAsync());
    await().atMost(PATIENCE).until(() -> queue().size() == 2);
    // The first of them reads the marks of holders once it is the first: let it come to wait.
    for (int i = 0; i < 5; i++) {
      get(third.current().orElseThrow().prove());
    }

    third.close();

    for (CompletableFuture<LockGrant> each : waiting) {
      assertThat(each)
          .failsWithin(PATIENCE)
          .withThrowableThat()
          .withCauseInstanceOf(UnavailableException.class);
    }
  }

  // After a release.

  /** Several servers do not hear of it at once. */
  @Test
  void tryAcquire_rightAfterAReleaseElsewhere_isNotRefused() throws InterruptedException {
    for (int i = 0; i < 300; i++) {
      lock(i % 2 == 0 ? first : second).tryAcquire().orElseThrow().close();
    }
    ConvertibleGrant reading = new Locks(first).lock("stock").upgradable().acquire();
    for (int i = 0; i < 100; i++) {
      new Locks(second).lock("stock").read().acquire().close();
      reading.tryUpgrade().orElseThrow().close();
    }
    reading.close();
  }

  @Test
  void tryAcquire_interruptedThread_isAnsweredAndStaysInterrupted() throws InterruptedException {
    for (DistributedLock each : List.of(lock(first), shared(first))) {
      Thread.currentThread().interrupt();
      LockGrant grant = each.tryAcquire().orElseThrow();
      assertThat(lock(second).tryAcquire()).isEmpty();
      assertThat(Thread.interrupted()).isTrue();
      grant.close();
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> each.tryAcquire(PATIENCE)).isInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).isFalse();
      assertNobodyQueues();
    }
  }
}
