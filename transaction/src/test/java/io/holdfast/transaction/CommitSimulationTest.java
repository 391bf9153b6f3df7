package io.holdfast.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two-phase commit under thousands of random histories: crashes, pauses, partitions from the
 * cluster and from databases, lost, late and repeated messages, expired sessions, operators who
 * close epochs and abort transactions, at every step. Replay one with {@code -Dholdfast.seed=N}.
 */
final class CommitSimulationTest {

  private static final int HISTORIES = 1_000;

  @Test
  @Timeout(600)
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

  private static CommitHistory runWell(long seed) {
    CommitHistory history = new CommitHistory(seed, CommitRules.SOUND);
    history.run();
    assertThat(history.violations())
        .as("replay with -Dtest=CommitSimulationTest -Dholdfast.seed=%d", seed)
        .isEmpty();
    return history;
  }

  private static final class Totals {
    private long committed;
    private long aborted;
    private long unknown;
    private long byOthers;

    synchronized void add(CommitHistory history) {
      committed += history.count(Outcome.Committed.class);
      aborted += history.count(Outcome.Aborted.class);
      unknown += history.unknownAtFirst();
      byOthers += history.finishedByOthers();
    }

    @Override
    public String toString() {
      return "committed %d, aborted %d, unknown at first %d, finished by others %d"
          .formatted(committed, aborted, unknown, byOthers);
    }

    synchronized void assertThatMuchWasTried() {
      assertThat(committed).as(toString()).isGreaterThan(HISTORIES * 4);
      assertThat(aborted).as("aborted").isGreaterThan(HISTORIES * 4);
      assertThat(unknown).as("unknown at first").isGreaterThan(HISTORIES / 10);
      assertThat(byOthers).as("finished by others").isGreaterThan(HISTORIES / 20);
    }
  }
}
