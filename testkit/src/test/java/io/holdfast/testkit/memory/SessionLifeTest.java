package io.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import io.holdfast.spi.EventLoop;
import io.holdfast.spi.SessionLife;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SessionLifeTest {

  private static final Duration LIFE = Duration.ofSeconds(10);
  private static final Duration LONG = Duration.ofSeconds(30);

  private final VirtualTime time = new VirtualTime(1);
  private final VirtualTime.PausableContext context = time.newContext();
  private final SessionLife life =
      new SessionLife(context, "test", time.nanoTime() + LIFE.toNanos());
  private final List<SessionState> told = new ArrayList<>();

  private void run() {
    life.onState(told::add);
    life.start();
  }

  private boolean answered() {
    return life.extend(time.nanoTime() + LIFE.toNanos()) && life.resume();
  }

  private void settle() {
    time.advance(Duration.ofMillis(1));
  }

  @Test
  void extend_answerOfAnOlderRequest_doesNotShortenLife() {
    run();
    long older = time.nanoTime() + LIFE.toNanos();
    time.advance(Duration.ofSeconds(2));
    answered();

    assertThat(life.extend(older)).isTrue();

    assertThat(life.untilDeadline()).isEqualTo(LIFE);
  }

  @Test
  void doubt_whateverIsAnsweredLater_nothingIsCertain() {
    run();

    life.doubt();

    assertThat(life.untilDeadline()).isZero();
    assertThat(life.state()).isEqualTo(SessionState.SUSPENDED);
    assertThat(answered()).isFalse();
    assertThat(life.untilDeadline()).isZero();
    settle();
    assertThat(told).containsExactly(SessionState.SUSPENDED);
    time.advance(LIFE);
    assertThat(told).containsExactly(SessionState.SUSPENDED, SessionState.LOST);
  }

  @Test
  void deadline_nobodyAsks_isToldByTheTimer() {
    run();
    time.advance(LIFE);

    assertThat(told).containsExactly(SessionState.LOST);
    assertThat(life.lost().join()).isEqualTo(LossReason.DEADLINE_PASSED);
    assertThat(life.untilDeadline()).isZero();
  }

  @Test
  void state_afterAPauseOfTheProcess_isLostAtTheFirstCallThoughNobodyIsTold() {
    run();
    context.pause();
    time.advance(Duration.ofMinutes(1));

    assertThat(life.state()).isEqualTo(SessionState.LOST);
    assertThat(told).isEmpty();
    assertThat(life.lost()).isNotDone();
    context.resume();
    settle();
    assertThat(told).containsExactly(SessionState.LOST);
  }

  @Test
  void extend_afterTheDeadline_doesNotBringItBack() {
    run();
    context.pause();
    time.advance(LIFE);

    assertThat(answered()).isFalse();

    assertThat(life.state()).isEqualTo(SessionState.LOST);
  }

  @Test
  void suspend_thenAnAnswer_isActiveAgainAndEachIsTold() {
    run();
    life.suspend();
    assertThat(life.state()).isEqualTo(SessionState.SUSPENDED);

    assertThat(answered()).isTrue();

    settle();
    assertThat(told).containsExactly(SessionState.SUSPENDED, SessionState.ACTIVE);
  }

  @Test
  void lose_twice_keepsTheFirstReason() {
    run();
    life.lose(LossReason.REVOKED);
    life.lose(LossReason.CLOSED);
    settle();

    assertThat(life.lost().join()).isEqualTo(LossReason.REVOKED);
    assertThat(told).containsExactly(SessionState.LOST);
  }

  @Test
  void lose_afterSomebodySawTheDeadlinePass_keepsThatReasonAndTells() {
    run();
    context.pause();
    time.advance(LIFE);
    assertThat(life.isLost()).isTrue();

    life.lose(LossReason.CLOSED);

    context.resume();
    settle();
    assertThat(life.lost().join()).isEqualTo(LossReason.DEADLINE_PASSED);
    assertThat(told).containsExactly(SessionState.LOST);
  }

  @Test
  void endWithSession_lost_failsWhatIsNotDoneAndWhatComesLater() {
    run();
    CompletableFuture<String> open = life.endWithSession(new CompletableFuture<>());
    CompletableFuture<String> done = life.endWithSession(new CompletableFuture<>());
    done.complete("done");

    life.lose(LossReason.CLOSED);
    settle();

    assertThatThrownBy(open::join).hasCauseInstanceOf(SessionLostException.class);
    assertThat(done).isCompletedWithValue("done");
    assertThat(life.endWithSession(new CompletableFuture<>())).isCompletedExceptionally();
  }

  /** Else two who look at their locks, and lock what the other's observer needs, wait for ever. */
  @Test
  void state_deadlineHasPassed_whoAsksDoesNotRunTheObservers() {
    try (EventLoop loop = new EventLoop("session-life-test")) {
      SessionLife overdue = new SessionLife(loop, "test", loop.nanoTime());
      Object ofTheAsker = new Object();
      CompletableFuture<Void> heard =
          overdue
              .lost()
              .thenAccept(
                  reason -> {
                    synchronized (ofTheAsker) {
                      assertThat(reason).isEqualTo(LossReason.DEADLINE_PASSED);
                    }
                  });
      synchronized (ofTheAsker) {
        assertThat(overdue.isLost()).isTrue();
        assertThat(heard).isNotDone();
      }
      overdue.start();

      assertThat(heard).succeedsWithin(LONG);
    }
  }

  @Test
  void lose_observerWaitsForAnotherThatAsks_bothGoOn() {
    try (EventLoop loop = new EventLoop("session-life-test")) {
      SessionLife lasting = new SessionLife(loop, "test", loop.nanoTime() + LONG.toNanos());
      CompletableFuture<SessionState> seen =
          lasting
              .lost()
              .thenApply(
                  reason ->
                      CompletableFuture.supplyAsync(lasting::state)
                          .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                          .join());

      lasting.lose(LossReason.CLOSED);

      assertThat(seen).succeedsWithin(LONG).isEqualTo(SessionState.LOST);
    }
  }
}
