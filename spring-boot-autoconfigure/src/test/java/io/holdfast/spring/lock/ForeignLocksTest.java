package io.holdfast.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import net.javacrumbs.shedlock.spring.annotation.EnableSchedulerLock;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.leader.DefaultCandidate;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;
import org.springframework.integration.support.locks.DistributedLock;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** Locks of Spring Integration and ShedLock. */
@SuppressWarnings("LockNotBeforeTry") // how often to lock and unlock is what is tested
final class ForeignLocksTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String uri = "memory://" + UUID.randomUUID() + "/app";
  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  HoldfastAutoConfiguration.class,
                  IntegrationLockAutoConfiguration.class,
                  ShedLockAutoConfiguration.class))
          .withPropertyValues("holdfast.connect=" + uri, "spring.application.name=shop");

  @Test
  void registry_lock_isOneLockForAllWhoObtainIt() {
    application.run(
        context -> {
          HoldfastLockRegistry registry = context.getBean(HoldfastLockRegistry.class);
          DistributedLock lock = registry.obtain("7");
          lock.lock();
          assertThat(registry.obtain("7").tryLock()).as("entered again").isTrue();
          CompletableFuture<Boolean> other =
              CompletableFuture.supplyAsync(() -> registry.obtain("7").tryLock());
          assertThat(other.join()).as("another thread").isFalse();
          try (Coordinator process = Coordinator.connect(uri)) {
            assertThat(new Locks(process).lock("shop:7").exclusive().tryAcquire()).isEmpty();
            lock.unlock();
            registry.expireUnusedOlderThan(0);
            assertThat(new Locks(process).lock("shop:7").exclusive().tryAcquire()).isEmpty();
            registry.obtain("7").unlock();
            assertThat(new Locks(process).lock("shop:7").exclusive().tryAcquire()).isPresent();
          }
          assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
        });
  }

  @Test
  void registry_timeToLivePasses_freesTheLockAndUnlockSaysSo() {
    application.run(
        context -> {
          HoldfastLockRegistry registry = context.getBean(HoldfastLockRegistry.class);
          DistributedLock lock = registry.obtain("7");
          assertThat(lock.tryLock(Duration.ZERO, Duration.ofMillis(100))).isTrue();
          try (Coordinator process = Coordinator.connect(uri);
              LockGrant next = new Locks(process).lock("shop:7").exclusive().acquire()) {
            assertThatThrownBy(lock::unlock).isInstanceOf(ConcurrentModificationException.class);
            assertThat(next.isHeld()).isTrue();
          }
          lock.lock(Duration.ofMinutes(1));
          lock.unlock();
        });
  }

  @Test
  void leaderInitiator_sessionLost_passesLeadershipOn() {
    application.run(
        context -> {
          LockRegistryLeaderInitiator mine = initiator(context.getBean(HoldfastLockRegistry.class));
          mine.start();
          await().atMost(PATIENCE).until(() -> mine.getContext().isLeader());
          try (Coordinator process = Coordinator.connect(uri)) {
            LockRegistryLeaderInitiator theirs =
                initiator(new HoldfastLockRegistry(new Locks(process), "shop"));
            theirs.start();

            context.getBean(Coordinator.class).current().orElseThrow().close();

            await().atMost(PATIENCE).until(() -> theirs.getContext().isLeader());
            await().atMost(PATIENCE).until(() -> !mine.getContext().isLeader());
            theirs.stop();
            await().atMost(PATIENCE).until(() -> mine.getContext().isLeader());
            theirs.destroy();
          }
          mine.stop();
          mine.destroy();
        });
  }

  private static LockRegistryLeaderInitiator initiator(HoldfastLockRegistry registry) {
    LockRegistryLeaderInitiator initiator =
        new LockRegistryLeaderInitiator(registry, new DefaultCandidate("node", "leader"));
    initiator.setHeartBeatMillis(50);
    initiator.setBusyWaitMillis(20);
    return initiator;
  }

  @Configuration(proxyBeanMethods = false)
  @EnableScheduling
  @EnableSchedulerLock(defaultLockAtMostFor = "2h")
  public static class Jobs {

    private final AtomicInteger runs = new AtomicInteger();

    @Scheduled(fixedDelay = 20)
    @SchedulerLock(name = "report", lockAtLeastFor = "1h")
    public void report() {
      runs.incrementAndGet();
    }

    public int runs() {
      return runs.get();
    }
  }

  @Test
  void scheduled_twoProcesses_runOnce() {
    application
        .withUserConfiguration(Jobs.class)
        .run(
            first -> {
              Jobs jobs = first.getBean(Jobs.class);
              await().atMost(PATIENCE).until(() -> jobs.runs() > 0);
              application
                  .withUserConfiguration(Jobs.class)
                  .run(
                      second ->
                          await()
                              .during(Duration.ofMillis(300))
                              .atMost(PATIENCE)
                              .until(() -> second.getBean(Jobs.class).runs() == 0));
              assertThat(jobs.runs()).isEqualTo(1);
            });
  }
}
