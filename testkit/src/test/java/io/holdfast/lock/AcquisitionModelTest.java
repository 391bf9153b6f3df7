package io.holdfast.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The lock recipe, in all its modes, under thousands of random histories: delays, lost replies, cut
 * connections, pauses, expired sessions, places taken away, downgrades, upgrades, hand-over,
 * retention, and cancellation at every step. Replay one with {@code -Dholdfast.seed=N}.
 */
@Order(1)
final class AcquisitionModelTest {

  private static final int HISTORIES = 2_000;

  @Test
  @Timeout(300)
  void randomHistories_keepEveryPromise() {
    Long replay = Long.getLong("holdfast.seed");
    if (replay != null) {
      runWell(replay);
      return;
    }
    Totals totals = new Totals();
    LongStream.rangeClosed(1, HISTORIES).parallel().forEach(seed -> totals.add(runWell(seed)));
    totals.assertThatMuchWasTried();
  }

  private static LockHistory runWell(long seed) {
    LockHistory history = new LockHistory(seed);
    history.run();
    assertThat(history.violations())
        .as("replay with -Dtest=AcquisitionModelTest -Dholdfast.seed=%d", seed)
        .isEmpty();
    return history;
  }

  /** What happened in all histories together. */
  private static final class Totals {
    private int grants;
    private int lost;
    private int givenUp;
    private int shared;
    private int downgrades;
    private int upgrades;
    private int handOvers;

    synchronized void add(LockHistory history) {
      grants += history.grants();
      lost += history.lostGrants();
      givenUp += history.givenUp();
      shared += history.shared();
      downgrades += history.downgrades();
      upgrades += history.upgrades();
      handOvers += history.handOvers();
    }

    synchronized void assertThatMuchWasTried() {
      assertThat(grants).as("grants").isGreaterThan(HISTORIES * 4);
      assertThat(lost).as("grants lost").isGreaterThan(HISTORIES / 10);
      assertThat(shared).as("moments of sharing").isGreaterThan(HISTORIES * 10);
      assertThat(downgrades).as("downgrades").isGreaterThan(HISTORIES / 5);
      assertThat(upgrades).as("upgrades").isGreaterThan(HISTORIES / 5);
      assertThat(handOvers).as("hand-overs and grants retained").isGreaterThan(HISTORIES / 10);
      assertThat(givenUp).as("waits given up").isGreaterThan(HISTORIES / 2);
    }
  }
}
