package io.holdfast.lock;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The lock recipe, in all its modes, under thousands of random histories: delays, lost replies, cut
 * connections, pauses, expired sessions, places taken away, downgrades, upgrades, hand-over,
 * retention, and cancellation at every step. Replay one with {@code -Dholdfast.seed=N}.
 */
final class AcquisitionModelTest {

  private static final int HISTORIES = 3_000;

  @Test
  @Timeout(300)
  void randomHistories_keepEveryPromise() {
    String replay = System.getProperty("holdfast.seed");
    long first = replay == null ? 1 : Long.parseLong(replay);
    int histories = replay == null ? HISTORIES : 1;
    int grants = 0;
    int lost = 0;
    int givenUp = 0;
    int shared = 0;
    int downgrades = 0;
    int upgrades = 0;
    int handOvers = 0;
    for (long seed = first; seed < first + histories; seed++) {
      LockHistory history = new LockHistory(seed);
      history.run();
      assertThat(history.violations())
          .as("replay with -Dtest=AcquisitionModelTest -Dholdfast.seed=%d", seed)
          .isEmpty();
      grants += history.grants();
      lost += history.lostGrants();
      givenUp += history.givenUp();
      shared += history.shared();
      downgrades += history.downgrades();
      upgrades += history.upgrades();
      handOvers += history.handOvers();
    }
    if (replay == null) {
      assertThat(grants).as("grants").isGreaterThan(HISTORIES * 4);
      assertThat(lost).as("grants lost").isGreaterThan(HISTORIES / 10);
      assertThat(shared).as("moments of sharing").isGreaterThan(HISTORIES * 10);
      assertThat(downgrades).as("downgrades").isGreaterThan(HISTORIES / 5);
      assertThat(upgrades).as("upgrades").isGreaterThan(HISTORIES / 5);
      assertThat(handOvers)
          .as("hand-overs and grants taken up again")
          .isGreaterThan(HISTORIES / 10);
      assertThat(givenUp).as("waits given up").isGreaterThan(HISTORIES / 2);
    }
  }
}
