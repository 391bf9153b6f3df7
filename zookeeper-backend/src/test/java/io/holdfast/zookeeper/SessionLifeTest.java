package io.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.SessionState;
import io.holdfast.spi.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SessionLifeTest {

  private static final Duration TIMEOUT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofSeconds(30);

  private final EventLoop context = new EventLoop("session-life-test");

  @AfterEach
  void closeContext() {
    context.close();
  }

  /** Of a session whose last acknowledged write was sent long ago: its process was frozen since. */
  private SessionLife overdue() {
    long then = System.nanoTime() - LONG.toNanos();
    return new SessionLife("test", TIMEOUT, context, then, then);
  }

  @Test
  void state_deadlineHasPassed_isLostThoughNobodyIsToldYet() {
    SessionLife life = overdue();
    List<SessionState> told = new CopyOnWriteArrayList<>();
    life.onState(told::add);

    assertThat(life.state()).isEqualTo(SessionState.LOST);
    assertThat(life.remaining()).isZero();
    assertThat(told).isEmpty();
    assertThat(life.lost()).isNotDone();
  }

  @Test
  void doubt_whateverIsAcknowledgedLater_nothingIsCertain() {
    long now = System.nanoTime();
    SessionLife life = new SessionLife("test", LONG, context, now, now);
    acknowledgeThrice(life);
    assertThat(life.remaining()).isPositive();

    life.doubt();

    assertThat(life.remaining()).isZero();
    assertThat(life.state()).isEqualTo(SessionState.SUSPENDED);
    acknowledgeThrice(life);
    assertThat(life.remaining()).isZero();
    assertThat(life.state()).isEqualTo(SessionState.SUSPENDED);
  }

  /** As many as it takes to be sure that the leader has heard of the session. */
  private static void acknowledgeThrice(SessionLife life) {
    for (int i = 0; i < 3; i++) {
      life.acknowledged(System.nanoTime());
    }
  }

  /** Else two who look at their locks, and lock what the other's observer needs, wait for ever. */
  @Test
  void state_deadlineHasPassed_whoAsksDoesNotRunTheObservers() {
    SessionLife life = overdue();
    Object ofTheAsker = new Object();
    CompletableFuture<Void> heard =
        life.lost()
            .thenAccept(
                reason -> {
                  synchronized (ofTheAsker) {
                    assertThat(reason).isEqualTo(LossReason.DEADLINE_PASSED);
                  }
                });
    synchronized (ofTheAsker) {
      assertThat(life.isLost()).isTrue();
      assertThat(heard).isNotDone();
    }
    life.start();

    assertThat(heard).succeedsWithin(LONG);
  }

  @Test
  void lose_observerWaitsForAnotherThatAsks_bothGoOn() {
    long now = System.nanoTime();
    SessionLife life = new SessionLife("test", LONG, context, now, now);
    CompletableFuture<SessionState> seen =
        life.lost()
            .thenApply(
                reason ->
                    CompletableFuture.supplyAsync(life::state)
                        .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                        .join());

    life.lose(LossReason.CLOSED);

    assertThat(seen).succeedsWithin(LONG).isEqualTo(SessionState.LOST);
  }

  @Test
  void lose_afterSomebodySawTheDeadlinePass_keepsThatReasonAndTells() {
    SessionLife life = overdue();
    List<SessionState> told = new CopyOnWriteArrayList<>();
    life.onState(told::add);
    assertThat(life.isLost()).isTrue();

    life.lose(LossReason.CLOSED);
    life.lose(LossReason.CLOSED);

    assertThat(life.lost()).succeedsWithin(LONG).isEqualTo(LossReason.DEADLINE_PASSED);
    assertThat(told).containsExactly(SessionState.LOST);
  }
}
