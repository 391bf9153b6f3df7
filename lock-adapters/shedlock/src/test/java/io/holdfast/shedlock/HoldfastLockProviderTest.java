package io.holdfast.shedlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.testkit.memory.Faults;
import io.holdfast.testkit.memory.MemoryCluster;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import net.javacrumbs.shedlock.core.ClockProvider;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.support.LockException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is promised beyond ShedLock's own suite: clocks that differ, crashes, lost answers. */
final class HoldfastLockProviderTest {

  private static final Duration GRACE = Duration.ofMillis(50);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration HOUR = Duration.ofHours(1);

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final List<Coordinator> coordinators = new ArrayList<>();

  @AfterEach
  void close() {
    coordinators.forEach(Coordinator::close);
    cluster.close();
  }

  private Coordinator connect(String name) {
    CoordinatorOptions options =
        CoordinatorOptions.defaults()
            .withSessionTimeout(Duration.ofSeconds(2))
            .withRequestTimeout(Duration.ofMillis(500));
    Coordinator coordinator = Coordinator.connect(cluster.client(name, options), options, name);
    coordinators.add(coordinator);
    return coordinator;
  }

  /** A process whose wall clock is ahead by {@code ahead}. */
  private HoldfastLockProvider process(Coordinator coordinator, Duration ahead) {
    InstantSource clock = () -> Instant.now().plus(ahead);
    return new HoldfastLockProvider(coordinator, clock, GRACE);
  }

  private HoldfastLockProvider process(String name) {
    return process(connect(name), Duration.ZERO);
  }

  private static LockConfiguration job(Duration atMost, Duration atLeast) {
    return new LockConfiguration(ClockProvider.now(), "job", atMost, atLeast);
  }

  /** As a process whose clock is ahead would ask. */
  private static LockConfiguration job(Duration ahead) {
    return new LockConfiguration(ClockProvider.now().plus(ahead), "job", HOUR, Duration.ZERO);
  }

  private static LockConfiguration job() {
    return job(Duration.ZERO);
  }

  @Test
  void lock_clockAheadOfALivingHolders_isRefused() {
    SimpleLock lock = process("a").lock(job(HOUR, Duration.ZERO)).orElseThrow();
    Duration ahead = Duration.ofHours(2);

    assertThat(process(connect("b"), ahead).lock(job(ahead))).isEmpty();

    lock.unlock();
    assertThat(process(connect("c"), ahead).lock(job(ahead))).isPresent();
  }

  @Test
  void lock_clockBehindTheHolders_isGivenWhenTheLongestTimeHasPassed() {
    assertThat(process("a").lock(job(Duration.ofMillis(300), Duration.ZERO))).isPresent();
    Duration behind = Duration.ofHours(-2);
    HoldfastLockProvider other = process(connect("b"), behind);
    assertThat(other.lock(job(behind))).isEmpty();

    await().atMost(PATIENCE).until(() -> other.lock(job(behind)).isPresent());
  }

  @Test
  void lock_holderDied_isRefusedUntilTheLongestTimeHasPassed() {
    Coordinator dying = connect("a");
    assertThat(process(dying, Duration.ZERO).lock(job(HOUR, Duration.ZERO))).isPresent();
    dying.close();
    Duration soon = HOUR.minusMinutes(1);

    assertThat(process(connect("b"), soon).lock(job(soon))).isEmpty();
    Duration after = HOUR.plusSeconds(1);
    assertThat(process(connect("c"), after).lock(job(after))).isPresent();
  }

  @Test
  void unlock_earlyAndThenTheProcessEnds_keepsTheShortestTimeAndNotTheLongest() {
    Coordinator dying = connect("a");
    process(dying, Duration.ZERO).lock(job(HOUR, Duration.ofMinutes(10))).orElseThrow().unlock();
    dying.close();
    Duration soon = Duration.ofMinutes(9);

    assertThat(process(connect("b"), soon).lock(job(soon))).isEmpty();
    Duration after = Duration.ofMinutes(11);
    assertThat(process(connect("c"), after).lock(job(after))).isPresent();
  }

  @Test
  void unlock_early_keepsTheShortestTimeWhateverTheClocks() {
    HoldfastLockProvider mine = process("a");
    Duration ahead = Duration.ofHours(2);
    HoldfastLockProvider other = process(connect("b"), ahead);

    mine.lock(job(HOUR, Duration.ofMillis(600))).orElseThrow().unlock();
    assertThat(other.lock(job(ahead))).isEmpty();

    await().atMost(PATIENCE).until(() -> other.lock(job(ahead)).isPresent());
  }

  @Test
  void unlock_afterTheLongestTime_leavesTheNextHolderAlone() {
    SimpleLock late = process("a").lock(job(Duration.ofMillis(50), Duration.ZERO)).orElseThrow();
    HoldfastLockProvider next = process("b");
    await().atMost(PATIENCE).until(() -> next.lock(job()).isPresent());

    late.unlock();

    assertThat(process("c").lock(job())).isEmpty();
  }

  @Test
  void lock_sessionLostWhileTheTaskRuns_isStillHeldAndIsReleased() {
    Coordinator unlucky = connect("a");
    SimpleLock lock = process(unlucky, Duration.ZERO).lock(job(HOUR, Duration.ZERO)).orElseThrow();
    String session = unlucky.current().orElseThrow().id();
    cluster.expire(session);
    await()
        .atMost(PATIENCE)
        .until(() -> unlucky.current().filter(now -> !now.id().equals(session)).isPresent());

    assertThat(process("b").lock(job())).isEmpty();
    Optional<SimpleLock> longer = lock.extend(HOUR, Duration.ZERO);
    Duration ahead = Duration.ofHours(2);
    assertThat(process(connect("c"), ahead).lock(job(ahead)))
        .as("extended by the next session, which lives")
        .isEmpty();
    longer.orElseThrow().unlock();
    assertThat(process("d").lock(job())).isPresent();
  }

  @Test
  void lock_answerLost_isFoundToBeHeld() {
    HoldfastLockProvider mine = process("a");
    HoldfastLockProvider other = process("b");
    loseOnce("a", "commit", Faults.Direction.REPLY);

    Optional<SimpleLock> lock = mine.lock(job());

    assertThat(lock).isPresent();
    assertThat(other.lock(job())).isEmpty();
    lock.orElseThrow().unlock();
    assertThat(other.lock(job())).isPresent();
  }

  private void loseOnce(String client, String operation, Faults.Direction direction) {
    AtomicBoolean lost = new AtomicBoolean();
    Faults.Message which = new Faults.Message(operation, direction);
    cluster.faults(
        (of, message) ->
            of.equals(client) && message.equals(which) && lost.compareAndSet(false, true)
                ? Faults.Fate.LOST
                : Faults.Fate.ARRIVES);
  }

  @Test
  void lock_clusterAway_failsAndHoldsNothingLater() {
    HoldfastLockProvider mine = process("a");
    HoldfastLockProvider other = process("b");
    cluster.cut("a");

    assertThatThrownBy(() -> mine.lock(job())).isInstanceOf(LockException.class);

    cluster.heal("a");
    await().atMost(PATIENCE).until(() -> other.lock(job()).isPresent());
  }

  @Test
  void unlock_clusterAway_failsAndIsDoneLater() {
    SimpleLock lock = process("a").lock(job()).orElseThrow();
    HoldfastLockProvider other = process("b");
    cluster.cut("a");

    assertThatThrownBy(lock::unlock).isInstanceOf(LockException.class);
    assertThat(other.lock(job())).isEmpty();

    cluster.heal("a");
    await().atMost(PATIENCE).until(() -> other.lock(job()).isPresent());
  }

  @Test
  void lock_strangeRecord_saysWhereItIs() {
    Coordinator coordinator = connect("a");
    Key key = Key.of("shedlock", "job", "record");
    coordinator.commit(Transaction.EMPTY.put(key, Payload.utf8("mine"))).join();

    assertThatThrownBy(() -> process(coordinator, Duration.ZERO).lock(job()))
        .isInstanceOf(LockException.class)
        .hasMessageContaining("shedlock/job/record");
  }

  @Test
  void lock_coordinatorClosed_fails() {
    Coordinator closed = connect("a");
    closed.close();
    assertThatThrownBy(() -> process(closed, Duration.ZERO).lock(job()))
        .isInstanceOf(LockException.class);
  }
}
