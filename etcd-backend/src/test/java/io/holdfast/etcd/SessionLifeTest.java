package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.SessionState;
import io.holdfast.testkit.memory.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionLifeTest {

  private static final Duration TTL = Duration.ofSeconds(10);
  private static final Duration WITH_MARGIN = Duration.ofMillis(9_900);

  private final VirtualTime time = new VirtualTime(1);
  private final VirtualTime.PausableContext context = time.newContext();
  private final SessionLife life = new SessionLife(context, "test", time.nanoTime(), TTL);
  private final List<SessionState> told = new ArrayList<>();

  private void run() {
    life.onState(told::add);
    life.start();
  }

  @Test
  void remaining_fresh_isTheTtlLessAMargin() {
    assertThat(life.remaining()).isEqualTo(WITH_MARGIN);
  }

  @Test
  void proven_answerCameLate_countsFromTheSending() {
    run();
    long sentAt = time.nanoTime();
    time.advance(Duration.ofSeconds(4));

    life.proven(sentAt, TTL);

    assertThat(life.remaining()).isEqualTo(WITH_MARGIN.minusSeconds(4));
  }

  @Test
  void proven_answerOfAnOlderRenewal_doesNotShortenLife() {
    run();
    long older = time.nanoTime();
    time.advance(Duration.ofSeconds(2));
    life.proven(time.nanoTime(), TTL);

    life.proven(older, TTL);

    assertThat(life.remaining()).isEqualTo(WITH_MARGIN);
  }

  @Test
  void doubt_whateverIsProvenLater_nothingIsCertain() {
    run();

    life.doubt();

    assertThat(life.remaining()).isZero();
    assertThat(life.state()).isEqualTo(SessionState.SUSPENDED);
    life.proven(time.nanoTime(), TTL);
    assertThat(life.remaining()).isZero();
    assertThat(told).containsExactly(SessionState.SUSPENDED);
    time.advance(TTL);
    assertThat(told).containsExactly(SessionState.SUSPENDED, SessionState.LOST);
  }

  @Test
  void deadline_nobodyAsks_isToldByTheTimer() {
    run();
    time.advance(WITH_MARGIN);

    assertThat(told).containsExactly(SessionState.LOST);
    assertThat(life.lost().toCompletableFuture().join()).isEqualTo(LossReason.DEADLINE_PASSED);
    assertThat(life.remaining()).isZero();
  }

  @Test
  void state_afterAPauseOfTheProcess_isLostAtTheFirstCall() {
    run();
    context.pause();
    time.advance(Duration.ofMinutes(1));

    assertThat(life.state()).isEqualTo(SessionState.LOST);
    assertThat(told).isEmpty();
    context.resume();
    time.advance(Duration.ofMillis(1));
    assertThat(told).containsExactly(SessionState.LOST);
  }

  @Test
  void proven_afterTheDeadline_doesNotBringItBack() {
    run();
    long sentAt = time.nanoTime() + Duration.ofSeconds(9).toNanos();
    context.pause();
    time.advance(Duration.ofSeconds(10));

    life.proven(sentAt, TTL);

    assertThat(life.state()).isEqualTo(SessionState.LOST);
  }

  @Test
  void suspend_thenProven_isActiveAgain() {
    run();
    life.suspend();
    assertThat(life.state()).isEqualTo(SessionState.SUSPENDED);

    life.proven(time.nanoTime(), TTL);

    assertThat(told).containsExactly(SessionState.SUSPENDED, SessionState.ACTIVE);
  }

  @Test
  void lose_twice_keepsTheFirstReason() {
    run();
    life.lose(LossReason.REVOKED);
    life.lose(LossReason.CLOSED);
    time.advance(Duration.ofMillis(1));

    assertThat(life.lost().toCompletableFuture().join()).isEqualTo(LossReason.REVOKED);
    assertThat(told).containsExactly(SessionState.LOST);
  }
}
