package io.holdfast.curator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockLostException;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import io.holdfast.testkit.zookeeper.ServerSettings;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two processes: one uses Curator's mutex, the other ours. */
final class FencedMutexTest {

  private static final int TIMEOUT = 2_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static EmbeddedZooKeeper zookeeper;
  private static CuratorFramework theirs;
  private static CuratorFramework ours;
  private static CuratorLocks locks;

  private final String path = "/jobs/" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    zookeeper = EmbeddedZooKeeper.start(ServerSettings.defaults().withTick(Duration.ofMillis(200)));
    theirs = client();
    ours = client();
    locks = CuratorLocks.over(ours, "holdfast", CoordinatorOptions.defaults());
  }

  private static CuratorFramework client() {
    CuratorFramework client =
        CuratorFrameworkFactory.newClient(
            zookeeper.connectString(), TIMEOUT, TIMEOUT, new ExponentialBackoffRetry(50, 5));
    client.start();
    return client;
  }

  @AfterAll
  static void stop() {
    locks.close();
    ours.close();
    theirs.close();
    zookeeper.close();
  }

  private static <T> CompletableFuture<T> elsewhere(Callable<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                done.complete(work.call());
              } catch (Exception e) {
                done.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return done;
  }

  private static <T> T get(CompletableFuture<T> future) {
    return future.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  private void awaitPlaces(int count) {
    await()
        .atMost(PATIENCE)
        .until(() -> theirs.checkExists().forPath(path).getNumChildren() == count);
  }

  @Test
  void mutex_curatorHoldsThePath_waitsForIt() throws Exception {
    InterProcessMutex old = new InterProcessMutex(theirs, path);
    FencedMutex mutex = locks.mutex(path);
    old.acquire();
    assertThat(mutex.acquire(200, TimeUnit.MILLISECONDS)).isFalse();
    CompletableFuture<FencingToken> token =
        elsewhere(
            () -> {
              mutex.acquire();
              FencingToken its = mutex.token();
              mutex.release();
              return its;
            });
    awaitPlaces(2);

    old.release();

    assertThat(get(token)).isGreaterThan(FencingToken.NONE);
  }

  @Test
  void curator_weHoldThePath_waitsForUs() throws Exception {
    InterProcessMutex old = new InterProcessMutex(theirs, path);
    FencedMutex mutex = locks.mutex(path);
    mutex.acquire();
    assertThat(old.acquire(200, TimeUnit.MILLISECONDS)).isFalse();
    CompletableFuture<Boolean> acquired =
        elsewhere(() -> old.acquire(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    awaitPlaces(2);

    mutex.release();

    assertThat(get(acquired)).isTrue();
  }

  @Test
  void acquire_timedOutOrInterrupted_leavesNothingInTheQueue() throws Exception {
    InterProcessMutex old = new InterProcessMutex(theirs, path);
    old.acquire();
    FencedMutex mutex = locks.mutex(path);

    assertThat(mutex.acquire(50, TimeUnit.MILLISECONDS)).isFalse();
    awaitPlaces(1);
    Thread.currentThread().interrupt();
    assertThatThrownBy(mutex::acquire).isInstanceOf(InterruptedException.class);

    awaitPlaces(1);
    assertThat(mutex.isAcquiredInThisProcess()).isFalse();
    old.release();
    mutex.acquire();
    mutex.release();
  }

  @Test
  void acquire_again_isTheSameHold() throws Exception {
    FencedMutex mutex = locks.mutex(path);
    mutex.acquire();
    FencingToken token = mutex.token();
    assertThat(mutex.acquire(0, TimeUnit.SECONDS)).isTrue();
    assertThat(mutex.token()).isEqualTo(token);
    mutex.release();
    assertThat(locks.mutex(path).acquire(0, TimeUnit.SECONDS)).isFalse();
    mutex.release();
    assertThatThrownBy(mutex::release).isInstanceOf(IllegalMonitorStateException.class);
    assertThatThrownBy(mutex::token).isInstanceOf(IllegalMonitorStateException.class);
    mutex.acquire();
    assertThat(mutex.token()).isGreaterThan(token);
    mutex.release();
  }

  @Test
  void release_byAnotherThread_isRefused() throws Exception {
    FencedMutex mutex = locks.mutex(path);
    mutex.acquire();
    CompletableFuture<Boolean> other =
        elsewhere(
            () -> {
              mutex.release();
              return true;
            });
    assertThatThrownBy(() -> get(other))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IllegalMonitorStateException.class);
    mutex.release();
  }

  @Test
  void mutex_sessionLost_saysSoAndTheNextProcessGoesOn() throws Exception {
    CuratorFramework unlucky = client();
    try (CuratorLocks its = CuratorLocks.over(unlucky, "holdfast", CoordinatorOptions.defaults())) {
      FencedMutex mutex = its.mutex(path);
      mutex.acquire();
      FencingToken token = mutex.token();
      FencedMutex next = locks.mutex(path);
      CompletableFuture<FencingToken> theirs =
          elsewhere(
              () -> {
                next.acquire();
                return next.token();
              });
      awaitPlaces(2);

      zookeeper.expire(its.coordinator().current().orElseThrow().id());

      assertThat(get(theirs)).isGreaterThan(token);
      await().atMost(PATIENCE).until(() -> !mutex.isAcquiredInThisProcess());
      assertThat(mutex.isOwnedByCurrentThread()).isTrue();
      assertThatThrownBy(mutex::acquire).isInstanceOf(LockLostException.class);
      assertThatThrownBy(mutex::release).isInstanceOf(LockLostException.class);
      assertThat(mutex.isOwnedByCurrentThread()).isFalse();
    } finally {
      unlucky.close();
    }
  }

  @Test
  void mutex_pathThatDoesNotServe_isRefused() {
    for (String wrong : new String[] {"jobs/a", "/jobs", "/jobs/a b", "/jobs//a", "/jobs/.."}) {
      assertThatThrownBy(() -> locks.mutex(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
