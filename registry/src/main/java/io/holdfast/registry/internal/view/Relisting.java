package io.holdfast.registry.internal.view;

import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Keeps a process from asking for everything at once when the cluster is back: so many views at a
 * time read their services anew, the others wait their turn, and each first waits a random while,
 * so that a fleet does not come in step either. Meanwhile views show what they have.
 *
 * <p>Used in the coordinator's context only.
 */
public final class Relisting {

  private static final int MOST_AT_ONCE = 4;
  private static final Duration LONGEST_SPREAD = Duration.ofSeconds(1);
  private static final int SPREADS_PER_SESSION = 10;

  private final Context context;
  private final Duration spread;
  private final Duration longestTurn;
  private final Queue<Turn> queue = new ArrayDeque<>();
  private int underWay;

  /**
   * Spreads over a tenth of {@code session}, a second at most.
   *
   * @param longestTurn after which the next has its turn, whatever became of this one
   */
  public Relisting(Context context, Duration session, Duration longestTurn) {
    Duration tenth = session.dividedBy(SPREADS_PER_SESSION);
    this.context = context;
    this.spread = tenth.compareTo(LONGEST_SPREAD) < 0 ? tenth : LONGEST_SPREAD;
    this.longestTurn = longestTurn;
  }

  /** Has {@code begin} run soon, without a random pause. */
  Turn now(Runnable begin) {
    Turn turn = new Turn(begin);
    turn.enter();
    return turn;
  }

  /** Has {@code begin} run soon, after a random pause. */
  Turn afterPause(Runnable begin) {
    Turn turn = new Turn(begin);
    long pause = context.random().nextLong(Durations.nanos(spread) + 1);
    turn.stopTimer = context.schedule(Duration.ofNanos(pause), turn::enter);
    return turn;
  }

  private void next() {
    while (underWay < MOST_AT_ONCE && !queue.isEmpty()) {
      queue.remove().begin();
    }
  }

  /** One view's turn: waiting, then under way, then over. */
  final class Turn {

    private final Runnable begin;
    private Runnable stopTimer = () -> {};
    private boolean begun;
    private boolean over;

    private Turn(Runnable begin) {
      this.begin = begin;
    }

    private void enter() {
      if (!over) {
        queue.add(this);
        next();
      }
    }

    private void begin() {
      begun = true;
      underWay++;
      stopTimer = context.schedule(longestTurn, this::end);
      begin.run();
    }

    /** The view has what it asked for, or no longer wants it. Idempotent. */
    void end() {
      if (over) {
        return;
      }
      over = true;
      stopTimer.run();
      if (begun) {
        underWay--;
        next();
      } else {
        queue.remove(this);
      }
    }
  }
}
