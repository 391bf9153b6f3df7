package io.holdfast.zookeeper.internal.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProofOfLifeTest {

  private static final Duration TIMEOUT = Duration.ofNanos(10_000);
  private static final long USABLE = 9_900;
  private static final Duration HALF_A_LONG_TICK = Duration.ofNanos(4_500);

  private static ProofOfLife proof(long opened) {
    ProofOfLife proof = new ProofOfLife(TIMEOUT, opened);
    proof.tickIs(Optional.of(TIMEOUT.dividedBy(2)));
    return proof;
  }

  @Test
  void until_newSession_countsFromBeforeItWasOpened() {
    assertThat(proof(500).until()).isEqualTo(500 + USABLE);
  }

  @Test
  void acknowledged_oneOrTwoWrites_proveNothing() {
    ProofOfLife proof = proof(0);
    proof.acknowledged(1_000, 1_100);
    proof.acknowledged(5_000, 5_100);

    assertThat(proof.until()).isEqualTo(USABLE);
  }

  @Test
  void acknowledged_thirdWriteAfterTheGap_provesTheFirst() {
    ProofOfLife proof = proof(0);
    proof.acknowledged(1_000, 1_100);
    proof.acknowledged(3_600, 3_700);
    proof.acknowledged(3_700, 3_800);

    assertThat(proof.until()).isEqualTo(1_000 + USABLE);
  }

  @Test
  void acknowledged_secondWriteWithinTheGap_isNoReport() {
    ProofOfLife proof = proof(0);
    proof.acknowledged(1_000, 1_100);
    proof.acknowledged(3_599, 3_700);
    proof.acknowledged(3_700, 3_800);

    assertThat(proof.until()).isEqualTo(USABLE);
  }

  @Test
  void acknowledged_thirdSentBeforeTheSecondWasAcknowledged_provesNothingYet() {
    ProofOfLife proof = proof(0);
    proof.acknowledged(1_000, 1_100);
    proof.acknowledged(4_000, 4_500);
    proof.acknowledged(4_400, 4_600);

    assertThat(proof.until()).isEqualTo(USABLE);
  }

  @Test
  void disconnected_betweenTheWrites_forgetsThem() {
    ProofOfLife proof = proof(0);
    proof.acknowledged(1_000, 1_100);
    proof.acknowledged(4_000, 4_100);
    proof.disconnected();
    proof.acknowledged(4_200, 4_300);

    assertThat(proof.until()).isEqualTo(USABLE);
  }

  @Test
  void reconnected_afterAnAnswer_wasHeardOfSinceThenOnceAWriteShowsThatItWasTheLeader() {
    ProofOfLife proof = proof(0);
    proof.acknowledged(3_000, 3_100);
    proof.answered(4_000, 4_100);
    proof.disconnected();
    proof.reconnected();
    assertThat(proof.until()).isEqualTo(USABLE);

    proof.acknowledged(4_200, 4_300);

    assertThat(proof.until()).isEqualTo(4_000 + USABLE);
  }

  @Test
  void disconnected_beforeAWriteOnTheConnection_whatWasPresentedToItsServerIsWorthNothing() {
    ProofOfLife proof = proof(0);
    proof.answered(4_000, 4_100);
    proof.disconnected();
    proof.reconnected();
    proof.disconnected();
    proof.acknowledged(4_200, 4_300);

    assertThat(proof.until()).isEqualTo(USABLE);
  }

  @Test
  void acknowledged_twoWritesAfterALongRestWithReads_proveTheReadBeforeTheGap() {
    ProofOfLife proof = proof(0);
    long beat = TIMEOUT.toNanos() / ProofOfLife.BEATS;
    long now = 0;
    for (int i = 1; i <= 1_000; i++) {
      now = i * beat;
      proof.answered(now, now + 50);
    }
    assertThat(proof.until()).isEqualTo(USABLE);

    proof.acknowledged(now + 100, now + 200);
    assertThat(proof.untilNextWrite(now + 200)).isZero();
    proof.acknowledged(now + 200, now + 300);

    assertThat(proof.until()).isEqualTo(now - 2 * beat + USABLE);
  }

  @Test
  void answered_readsOnly_proveNothing() {
    ProofOfLife proof = proof(0);
    for (long i = 1; i <= 100; i++) {
      proof.answered(i * 1_000, i * 1_000 + 10);
    }

    assertThat(proof.until()).isEqualTo(USABLE);
  }

  @Test
  void untilNextWrite_onlyAYoungCandidate_isTheRestOfTheGap() {
    ProofOfLife proof = proof(0);
    assertThat(proof.untilNextWrite(500)).isZero();

    proof.answered(1_000, 1_100);

    assertThat(proof.untilNextWrite(1_600)).isEqualTo(Duration.ofNanos(2_000));
    assertThat(proof.untilNextWrite(9_000)).isZero();
  }

  @Test
  void tickIs_longerThanHalfTheTimeout_theGapIsHalfATick() {
    ProofOfLife proof = new ProofOfLife(TIMEOUT, 0);
    proof.tickIs(Optional.of(Duration.ofNanos(8_000)));
    proof.acknowledged(1_000, 1_100);
    proof.acknowledged(5_000, 5_050);
    proof.acknowledged(5_060, 5_100);
    assertThat(proof.until()).isEqualTo(USABLE);

    proof.acknowledged(5_100, 5_150);
    proof.acknowledged(5_160, 5_200);

    assertThat(proof.until()).isEqualTo(1_000 + USABLE);
  }

  @Test
  void tickIs_notTold_shortTimeoutsAreRefusedAndLongOnesAreNot() {
    ProofOfLife brief = new ProofOfLife(Duration.ofSeconds(2), 0);
    ProofOfLife usual = new ProofOfLife(Duration.ofSeconds(4), 0);
    assertThat(brief.refusal()).isEmpty();

    brief.tickIs(Optional.empty());
    usual.tickIs(Optional.empty());

    assertThat(brief.refusal().orElseThrow()).contains("2000 ms", "4lw.commands.whitelist");
    assertThat(usual.refusal()).isEmpty();
    brief.tickIs(Optional.of(Duration.ofSeconds(1)));
    assertThat(brief.refusal()).isEmpty();
    usual.tickIs(Optional.of(Duration.ofSeconds(6)));
    assertThat(usual.refusal().orElseThrow()).contains("4000 ms", "6000 ms");
  }

  @Test
  void until_writesAtTheUsualRate_leavesThreeSeventhsAtLeast() {
    ProofOfLife proof = proof(0);
    long beat = TIMEOUT.toNanos() / ProofOfLife.BEATS;
    for (int i = 1; i < 100; i++) {
      long now = i * beat;
      if (i > ProofOfLife.BEATS) {
        assertThat(proof.until() - now).isGreaterThan(TIMEOUT.toNanos() * 2 / 5);
      }
      proof.acknowledged(now, now + 50);
    }
  }

  /** A leader, a follower with notes, and channels that keep order and stall as they like. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void until_anyDelaysOfServersAndNetwork_isNeverLate(long seed) {
    Ensemble ensemble = new Ensemble(new Random(seed), TIMEOUT.dividedBy(4));
    ensemble.proof.tickIs(Optional.of(TIMEOUT.dividedBy(2)));
    ensemble.run(2_000_000);

    assertThat(ensemble.acknowledged).isGreaterThan(500);
    assertThat(ensemble.advances).isGreaterThan(50);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void until_timeoutOfLessThanTwoTicks_isNeverLateIfTheTickIsTold(long seed) {
    Ensemble ensemble = new Ensemble(new Random(seed), HALF_A_LONG_TICK);
    ensemble.proof.tickIs(Optional.of(HALF_A_LONG_TICK.multipliedBy(2)));
    ensemble.run(2_000_000);

    assertThat(ensemble.advances).isGreaterThan(50);
  }

  /** So that the test above is known to notice. */
  @Test
  void until_timeoutOfLessThanTwoTicks_isLateIfTheTickIsTakenForHalfTheTimeout() {
    assertThatThrownBy(
            () -> {
              for (long seed = 1; seed <= 8; seed++) {
                Ensemble ensemble = new Ensemble(new Random(seed), HALF_A_LONG_TICK);
                ensemble.proof.tickIs(Optional.of(TIMEOUT.dividedBy(2)));
                ensemble.run(2_000_000);
              }
            })
        .isInstanceOf(AssertionError.class);
  }

  /** Events in time; checks the proof against what the leader really knows. */
  private static final class Ensemble {
    private final Random random;
    private final long halfTick;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final ProofOfLife proof = new ProofOfLife(TIMEOUT, 0);
    private long order;
    private long now;
    private long leaderHeard;
    private boolean noted;
    private int acknowledged;
    private int advances;

    /** When the last message arrives: client to follower, follower to leader, and back. */
    private final long[] lastArrival = new long[4];

    private record Event(long at, long order, Runnable what) implements Comparable<Event> {
      @Override
      public int compareTo(Event other) {
        return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
      }
    }

    Ensemble(Random random, Duration halfTick) {
      this.random = random;
      this.halfTick = halfTick.toNanos();
    }

    void at(long time, Runnable what) {
      events.add(new Event(time, order++, what));
    }

    /** Mostly quick, at times slower than any time-out. */
    void send(int channel, Runnable arrival) {
      long delay = random.nextInt(60) == 0 ? random.nextInt(30_000) : random.nextInt(300);
      lastArrival[channel] = Math.max(lastArrival[channel], now + delay);
      at(lastArrival[channel], arrival);
    }

    void run(long end) {
      at(0, this::ping);
      at(0, this::write);
      at(0, this::read);
      while (now < end) {
        Event next = events.remove();
        now = next.at();
        next.what().run();
      }
    }

    void ping() {
      send(
          2,
          () -> {
            boolean note = noted;
            noted = false;
            send(
                1,
                () -> {
                  if (note) {
                    leaderHeard = now;
                  }
                });
          });
      at(now + halfTick, this::ping);
    }

    void write() {
      long sent = now;
      send(
          0,
          () -> {
            noted = true;
            send(1, () -> send(2, () -> send(3, () -> acknowledge(sent))));
          });
      at(now + 1 + random.nextInt(2_000), this::write);
    }

    void read() {
      long sent = now;
      send(
          0,
          () -> {
            noted = true;
            send(3, () -> proof.answered(sent, now));
          });
      at(now + 1 + random.nextInt(4_000), this::read);
    }

    void acknowledge(long sent) {
      acknowledged++;
      long before = proof.until();
      proof.acknowledged(sent, now);
      if (proof.until() > before) {
        advances++;
      }
      assertThat(proof.until()).isLessThanOrEqualTo(leaderHeard + TIMEOUT.toNanos());
    }
  }
}
