package io.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProofOfLifeTest {

  private static final Duration TIMEOUT = Duration.ofNanos(10_000);
  private static final long USABLE = 9_900;

  @Test
  void until_newSession_countsFromBeforeItWasOpened() {
    assertThat(new ProofOfLife(TIMEOUT, 500).until()).isEqualTo(500 + USABLE);
  }

  @Test
  void acknowledged_oneOrTwoWrites_proveNothing() {
    ProofOfLife proof = new ProofOfLife(TIMEOUT, 0);
    proof.acknowledged(1_000, 1_100);
    proof.acknowledged(5_000, 5_100);

    assertThat(proof.until()).isEqualTo(USABLE);
  }

  @Test
  void acknowledged_thirdWriteAfterTheGap_provesTheFirst() {
    ProofOfLife proof = new ProofOfLife(TIMEOUT, 0);
    proof.acknowledged(1_000, 1_100);
    proof.acknowledged(3_600, 3_700);
    proof.acknowledged(3_700, 3_800);

    assertThat(proof.until()).isEqualTo(1_000 + USABLE);
  }

  @Test
  void acknowledged_secondWriteWithinTheGap_isNoReport() {
    ProofOfLife proof = new ProofOfLife(TIMEOUT, 0);
    proof.acknowledged(1_000, 1_100);
    proof.acknowledged(3_599, 3_700);
    proof.acknowledged(3_700, 3_800);

    assertThat(proof.until()).isEqualTo(USABLE);
  }

  @Test
  void acknowledged_thirdSentBeforeTheSecondWasAcknowledged_provesNothingYet() {
    ProofOfLife proof = new ProofOfLife(TIMEOUT, 0);
    proof.acknowledged(1_000, 1_100);
    proof.acknowledged(4_000, 4_500);
    proof.acknowledged(4_400, 4_600);

    assertThat(proof.until()).isEqualTo(USABLE);
  }

  @Test
  void disconnected_betweenTheWrites_forgetsThem() {
    ProofOfLife proof = new ProofOfLife(TIMEOUT, 0);
    proof.acknowledged(1_000, 1_100);
    proof.acknowledged(4_000, 4_100);
    proof.disconnected();
    proof.acknowledged(4_200, 4_300);

    assertThat(proof.until()).isEqualTo(USABLE);
  }

  @Test
  void reconnected_afterAWrite_wasHeardOfSinceThen() {
    ProofOfLife proof = new ProofOfLife(TIMEOUT, 0);
    proof.acknowledged(4_000, 4_100);
    proof.disconnected();
    proof.reconnected();

    assertThat(proof.until()).isEqualTo(4_000 + USABLE);
  }

  @Test
  void until_writesAtTheUsualRate_leavesThreeSeventhsAtLeast() {
    ProofOfLife proof = new ProofOfLife(TIMEOUT, 0);
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
    Ensemble ensemble = new Ensemble(new Random(seed));
    ensemble.run(2_000_000);

    assertThat(ensemble.acknowledged).isGreaterThan(500);
    assertThat(ensemble.advances).isGreaterThan(50);
  }

  /** Events in time; checks the proof against what the leader really knows. */
  private static final class Ensemble {
    private static final long HALF_TICK = TIMEOUT.toNanos() / 4;

    private final Random random;
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

    Ensemble(Random random) {
      this.random = random;
    }

    void at(long time, Runnable what) {
      events.add(new Event(time, order++, what));
    }

    /** Mostly quick, at times slower than any time-out. */
    void send(int channel, Runnable arrival) {
      long delay = random.nextInt(20) == 0 ? random.nextInt(30_000) : random.nextInt(300);
      lastArrival[channel] = Math.max(lastArrival[channel], now + delay);
      at(lastArrival[channel], arrival);
    }

    void run(long end) {
      at(0, this::ping);
      at(0, this::write);
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
      at(now + HALF_TICK, this::ping);
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
