package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.LedgerUnavailableException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a lane does with the tasks of a shard that moves to another database.
 *
 * <pre>
 *   OPEN -- no more branches --> NO_BRANCHES -- shut --> SHUT -- commit --> COMMITTING
 *    ^                               |                     |                    |
 *    |<-- it failed, it took too long|---------------------|                    |
 *    |<-- it was certainly not committed -- REFUSING <-- it took too long ------|
 *                                              |                                |
 *                                              |--> ONWARD <--- it has moved ---|
 * </pre>
 *
 * OPEN lets all pass. NO_BRANCHES holds back what would open a branch, SHUT and COMMITTING all. No
 * task waits here for longer than the move's bound: then the gate opens, and the move has failed;
 * or if it may have been committed, what waits is told that it was not done. ONWARD hands all to
 * the lane where the shard is now.
 *
 * <p>Thread-safe: guarded by itself.
 */
final class ShardGate {

  private enum Stage {
    OPEN,
    NO_BRANCHES,
    SHUT,
    COMMITTING,
    REFUSING,
    ONWARD
  }

  private final Lane lane;
  private final TouchedRows touched = new TouchedRows();
  private final List<Task<?>> held = new ArrayList<>();
  private Stage stage = Stage.OPEN;
  private @Nullable Lane onward;

  ShardGate(Lane lane) {
    this.lane = lane;
  }

  /** What the shard's batches change. */
  TouchedRows touched() {
    return touched;
  }

  /** Called by the lane's thread. False if the lane is to do it now. */
  boolean takes(Task<?> task) {
    Lane next;
    synchronized (this) {
      boolean opensBranch = task.database().isPresent();
      if (stage == Stage.OPEN || (stage == Stage.NO_BRANCHES && !opensBranch)) {
        return false;
      }
      if (stage != Stage.ONWARD && stage != Stage.REFUSING) {
        held.add(task);
        return true;
      }
      next = onward;
    }
    hand(List.of(task), next);
    return true;
  }

  /** Whether what opens no branch may be done now, for a task of another shard. */
  synchronized boolean lets() {
    return stage == Stage.OPEN || stage == Stage.NO_BRANCHES;
  }

  /** Those that the lane has let out of its queue. */
  private void hand(List<Task<?>> tasks, @Nullable Lane next) {
    for (Task<?> task : tasks) {
      lane.leftQueue(task);
      if (next == null) {
        task.fail(
            new LedgerUnavailableException(
                "shard " + task.shard() + " is moving to another database", null));
      } else {
        next.take(task);
      }
    }
  }

  /** From now on no branch is opened. */
  synchronized void holdBranches() {
    stage = Stage.NO_BRANCHES;
  }

  /**
   * From now on nothing is done.
   *
   * @return false if it took too long
   */
  synchronized boolean shut() {
    return advance(Stage.NO_BRANCHES, Stage.SHUT);
  }

  /**
   * From now on the move may have been committed.
   *
   * @return false if it took too long
   */
  synchronized boolean commit() {
    return advance(Stage.SHUT, Stage.COMMITTING);
  }

  private boolean advance(Stage from, Stage to) {
    if (stage != from) {
      return false;
    }
    stage = to;
    return true;
  }

  /** True if nothing waits here. */
  synchronized boolean isOpen() {
    return stage == Stage.OPEN;
  }

  /** True if the shard has gone from here. */
  synchronized boolean leadsOnward() {
    return stage == Stage.ONWARD;
  }

  /** It takes too long. */
  void expire() {
    List<Task<?>> refused;
    synchronized (this) {
      if (stage == Stage.NO_BRANCHES || stage == Stage.SHUT) {
        open();
        return;
      }
      if (!advance(Stage.COMMITTING, Stage.REFUSING)) {
        return;
      }
      refused = release();
    }
    hand(refused, null);
  }

  /** The shard stays. */
  synchronized void open() {
    stage = Stage.OPEN;
    lane.readmit(release());
  }

  /** The shard is there now. */
  void onward(Lane next) {
    List<Task<?>> handed;
    synchronized (this) {
      stage = Stage.ONWARD;
      onward = next;
      handed = release();
    }
    hand(handed, next);
  }

  /** The lane ends. */
  void close() {
    List<Task<?>> left;
    synchronized (this) {
      if (stage == Stage.ONWARD) {
        return;
      }
      stage = Stage.REFUSING;
      left = release();
    }
    hand(left, null);
  }

  private List<Task<?>> release() {
    List<Task<?>> released = List.copyOf(held);
    held.clear();
    return released;
  }
}
