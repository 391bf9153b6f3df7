package io.holdfast.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockLostException;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.memory.MemoryCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

final class ReactiveLocksTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private Coordinator coordinator;
  private Coordinator rival;
  private DistributedLock lock;
  private DistributedLock rivals;

  @BeforeEach
  void connect() {
    coordinator = connect("mine");
    rival = connect("rival");
    lock = new Locks(coordinator).lock("orders", LockConfig.unshared()).exclusive();
    rivals = new Locks(rival).lock("orders").exclusive();
  }

  private Coordinator connect(String name) {
    CoordinatorOptions options = CoordinatorOptions.defaults();
    return Coordinator.connect(cluster.client(name, options), options, name);
  }

  @AfterEach
  void close() {
    coordinator.close();
    rival.close();
    cluster.close();
  }

  private int places() {
    return new LockQueues(rival).queue("orders").join().size();
  }

  private void awaitPlaces(int count) {
    await().atMost(PATIENCE).until(() -> places() == count);
  }

  @Test
  void withLock_value_comesAfterTheReleaseAndWithAToken() {
    Mono<FencingToken> token =
        ReactiveLocks.withLock(
            lock,
            grant -> {
              assertThat(rivals.tryAcquire()).isEmpty();
              grant.ensureHeld();
              return Mono.just(grant.token());
            });

    AtomicBoolean free = new AtomicBoolean();
    FencingToken first = token.doOnNext(value -> free.set(places() == 0)).block(PATIENCE);
    FencingToken second = token.block(PATIENCE);

    assertThat(free).as("free when the value comes").isTrue();
    assertThat(second).as("each subscription is a hold of its own").isGreaterThan(first);
  }

  @Test
  void withLock_bodyIsEmptyOrFails_releases() {
    assertThat(ReactiveLocks.withLock(lock, grant -> Mono.empty()).blockOptional(PATIENCE))
        .isEmpty();
    Mono<String> failing =
        ReactiveLocks.withLock(lock, grant -> Mono.error(new IllegalStateException("no")));
    assertThatThrownBy(() -> failing.block(PATIENCE)).isInstanceOf(IllegalStateException.class);
    Mono<String> throwing =
        ReactiveLocks.withLock(
            lock,
            grant -> {
              throw new IllegalStateException("no");
            });
    assertThatThrownBy(() -> throwing.block(PATIENCE)).isInstanceOf(IllegalStateException.class);

    assertThat(places()).isZero();
  }

  @Test
  void withLock_cancelledWhileItWaits_leavesTheQueue() throws InterruptedException {
    LockGrant held = rivals.acquire();
    AtomicBoolean ran = new AtomicBoolean();
    Disposable waiting =
        ReactiveLocks.withLock(lock, grant -> Mono.fromRunnable(() -> ran.set(true))).subscribe();
    awaitPlaces(2);

    waiting.dispose();

    awaitPlaces(1);
    held.close();
    assertThat(places()).isZero();
    assertThat(ran).isFalse();
  }

  @Test
  void withLock_cancelledInTheBody_cancelsItAndReleases() {
    AtomicBoolean cancelled = new AtomicBoolean();
    Disposable running =
        ReactiveLocks.withLock(lock, grant -> Mono.never().doOnCancel(() -> cancelled.set(true)))
            .subscribe();
    awaitPlaces(1);

    running.dispose();

    awaitPlaces(0);
    assertThat(cancelled).isTrue();
  }

  @Test
  void withLock_notInTime_failsAndLeavesTheQueue() throws InterruptedException {
    try (LockGrant held = rivals.acquire()) {
      Mono<String> late =
          ReactiveLocks.withLock(lock, Duration.ofMillis(50), grant -> Mono.just("held"));
      assertThatThrownBy(() -> late.block(PATIENCE)).hasCauseInstanceOf(TimeoutException.class);
      awaitPlaces(1);
      assertThat(held.isHeld()).isTrue();
    }
    Mono<String> inTime = ReactiveLocks.withLock(lock, PATIENCE, grant -> Mono.just("held"));
    assertThat(inTime.block(PATIENCE)).isEqualTo("held");
  }

  @Test
  void withLock_lost_cancelsTheBodyAndSaysSo() {
    AtomicBoolean cancelled = new AtomicBoolean();
    Mono<Object> losing =
        ReactiveLocks.withLock(
            lock,
            grant ->
                Mono.never()
                    .doOnCancel(() -> cancelled.set(true))
                    .doOnSubscribe(
                        running -> cluster.expire(coordinator.current().orElseThrow().id())));

    assertThatThrownBy(() -> losing.block(PATIENCE)).isInstanceOf(LockLostException.class);
    assertThat(cancelled).isTrue();
  }

  @Test
  void withLockMany_values_comeWhileTheLockIsHeld() {
    List<Integer> places = new ArrayList<>();
    Flux<Integer> numbers = ReactiveLocks.withLockMany(lock, grant -> Flux.range(1, 3));

    assertThat(numbers.doOnNext(each -> places.add(places())).collectList().block(PATIENCE))
        .containsExactly(1, 2, 3);

    assertThat(places).containsExactly(1, 1, 1);
    assertThat(places()).isZero();
    assertThat(numbers.take(1).collectList().block(PATIENCE)).containsExactly(1);
    awaitPlaces(0);
    Flux<Integer> inTime = ReactiveLocks.withLockMany(lock, PATIENCE, grant -> Flux.range(1, 3));
    assertThat(inTime.count().block(PATIENCE)).isEqualTo(3);
  }

  /** More of them at once than there are threads in any pool. */
  @Test
  void withLock_manyAtOnce_takeTurnsWithoutThreads() {
    AtomicInteger inside = new AtomicInteger();
    ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>();
    CompletableFuture<Void> all =
        Flux.range(0, 300)
            .flatMap(
                each ->
                    ReactiveLocks.withLock(
                        lock,
                        grant ->
                            Mono.fromRunnable(
                                () -> {
                                  seen.add(inside.incrementAndGet());
                                  inside.decrementAndGet();
                                })),
                300)
            .then()
            .toFuture();

    await().atMost(PATIENCE).until(all::isDone);

    assertThat(seen).hasSize(300).containsOnly(1);
    assertThat(places()).isZero();
  }

  @Test
  void withLock_cancelledAtAnyMoment_leavesNothing() {
    for (int i = 0; i < 200; i++) {
      Disposable running =
          ReactiveLocks.withLock(lock, grant -> Mono.just(grant.token())).subscribe();
      for (int spins = 0; spins < i * 20; spins++) {
        Thread.onSpinWait();
      }
      running.dispose();
    }
    awaitPlaces(0);
    assertThat(rivals.tryAcquire()).isPresent();
  }
}
