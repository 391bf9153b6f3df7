package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.LedgerException;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.MovedShard;
import io.holdfast.payment.ledger.OutcomeUnknownException;
import io.holdfast.payment.ledger.StaleOwnerException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a shard of this process's own to another database, while it is being used.
 *
 * <pre>
 *                    source     target      requests     if it all ends here, the next owner finds
 *   ANNOUNCED        HERE n     ARRIVING    are done     the source: it is HERE. What there is of
 *   COPIED           |          n + 1       |            the target is ARRIVING, and nobody has
 *   NO_BRANCHES      |          |           | but new    MOVED to it, so it counts for nothing and
 *                    |          |             branches   is cleared by the next move to it
 *   COMPLETE         |          |           wait         the same
 *   LEFT             MOVED      |           |            the target: the source has MOVED to it after
 *                    to target  |           |            n moves, and it is ARRIVING after n + 1. It
 *                    |          |           |            is complete, for that was compared before,
 *                    |          |           |            and committed. The owner makes it HERE
 *   ARRIVED          |          HERE n + 1  are done     the target: it is HERE
 *   CLEARED          no rows    |                        the same
 * </pre>
 *
 * <p>Whoever seals the shard next removes what is left of it elsewhere, see {@link
 * ShardMoves#tidy}.
 *
 * <p><b>Fences.</b> Every write to either database is made under a lock of the shard's row there,
 * which must have this owner's token. A new owner seals the source, if it is HERE, or follows it to
 * the target and seals that. So whatever a former owner still does of a move, once it is sealed
 * off: it does not get the source to MOVED, and if it had done that before, all that it could still
 * do is what the new owner has done by then.
 *
 * <p><b>Branches.</b> A transaction over several shards knows its branches by their databases:
 * where a branch is not found it has ended. If an open branch were moved, its old database would be
 * taken to have settled it, and the decision might be forgotten while it is still open. So from
 * NO_BRANCHES on no branch is open; and what was to be prepared in the source is not prepared in
 * the target, but begun anew.
 *
 * <p><b>Bound.</b> Requests wait for a second at most, of the time between COPIED and ARRIVED. Then
 * they are done where the shard is, and the move has failed: it can be tried again. If it may have
 * come to LEFT by then, they are told that nothing was done, and the move goes on until it is
 * known.
 */
final class ShardMove {

  private static final Logger LOG = LoggerFactory.getLogger(ShardMove.class);

  /** How long requests wait at most. */
  private static final Duration BOUND = Duration.ofSeconds(1);

  /**
   * Requests are paused when no more rows than that are left to be copied, or after so many rounds.
   */
  private static final int FEW = 200;

  private static final int ROUNDS = 20;
  private static final Duration LANE = Duration.ofSeconds(30);
  private static final long BRANCH_PAUSE_MILLIS = 3;
  private static final long LOCATE_PAUSE_MILLIS = 50;

  /** What has been done; see above. */
  enum Step {
    ANNOUNCED,
    COPIED,
    NO_BRANCHES,
    COMPLETE,
    LEFT,
    ARRIVED,
    CLEARED
  }

  /** What the process does for a move. */
  interface Owner {
    /**
     * Seals the shard where it is, and goes on to own it there if it owns it by this fence now.
     *
     * @throws StaleOwnerException if it does not
     */
    LedgerDatabase resume(Fence fence);
  }

  private final LedgerDatabase source;
  private final LedgerDatabase target;
  private final Fence fence;
  private final Owner owner;
  private final Consumer<Step> steps;
  private final Lane lane;

  /** When requests began to wait, and when they ended to; nanoseconds. */
  private long paused;

  private long resumed;

  /**
   * One move.
   *
   * @param steps told of each step when it is done; for tests, which may end it there
   */
  ShardMove(
      LedgerDatabase source,
      LedgerDatabase target,
      Fence fence,
      Owner owner,
      Consumer<Step> steps) {
    this.source = source;
    this.target = target;
    this.fence = fence;
    this.owner = owner;
    this.steps = steps;
    this.lane = source.lane();
  }

  /**
   * Does it. Blocks.
   *
   * @throws LedgerException if the shard has not moved
   * @throws StaleOwnerException if it is owned elsewhere by now, wherever it is
   */
  MovedShard run() {
    long began = System.nanoTime();
    ShardGate gate = lane.gate(fence.shard());
    ShardCopy copy = null;
    try {
      await(lane.passed());
      copy = ShardCopy.announce(source, target, fence);
      steps.accept(Step.ANNOUNCED);
      prepare(copy, gate);
      leave(copy, gate);
    } catch (RuntimeException e) {
      gate.open();
      lane.remove(fence.shard(), gate);
      abandon(copy);
      throw e;
    }
    try {
      arrive(gate);
    } catch (NotLeftException e) {
      abandon(copy);
      throw e.told();
    }
    clear(copy);
    MovedShard moved =
        new MovedShard(
            fence.shard(),
            source.name(),
            target.name(),
            copy.rows(),
            Duration.ofNanos(System.nanoTime() - began),
            Duration.ofNanos(resumed - paused));
    LOG.info(
        "shard {} has moved from {} to {}; requests waited for {} ms",
        moved.shard(),
        moved.from(),
        moved.to(),
        moved.paused().toMillis());
    return moved;
  }

  private void prepare(ShardCopy copy, ShardGate gate) {
    copy.clearTarget();
    copy.all();
    for (int round = 0; round < ROUNDS && gate.touched().size() > FEW; round++) {
      copy.changes(gate.touched().drain());
    }
    copy.compareJournal();
    steps.accept(Step.COPIED);
  }

  /** Up to the point of no return. */
  private void leave(ShardCopy copy, ShardGate gate) {
    paused = System.nanoTime();
    CompletableFuture.delayedExecutor(BOUND.toMillis(), TimeUnit.MILLISECONDS)
        .execute(gate::expire);
    gate.holdBranches();
    await(lane.passed());
    while (copy.hasBranches()) {
      if (gate.isOpen()) {
        throw new LedgerUnavailableException(
            "shard "
                + fence.shard()
                + " does not move: transactions over several shards that"
                + " concern it do not end",
            null);
      }
      pause(BRANCH_PAUSE_MILLIS);
    }
    steps.accept(Step.NO_BRANCHES);
    copy.changes(gate.touched().drain());
    if (!gate.shut()) {
      throw tooLong();
    }
    await(lane.passed());
    copy.changes(gate.touched().drain());
    copy.finish();
    if (gate.touched().isInDoubt()) {
      throw new LedgerUnavailableException(
          "shard " + fence.shard() + " does not move: a batch may have been committed late", null);
    }
    steps.accept(Step.COMPLETE);
    if (!gate.commit()) {
      throw tooLong();
    }
    try {
      copy.leave();
    } catch (OutcomeUnknownException e) {
      LOG.warn("perhaps shard {} has left {}", fence.shard(), source.name());
    }
  }

  private LedgerUnavailableException tooLong() {
    return new LedgerUnavailableException(
        "shard " + fence.shard() + " does not move: requests would have waited too long", null);
  }

  /** It has left, or has perhaps: nothing else is done until it is known where it is. */
  private void arrive(ShardGate gate) {
    LedgerDatabase here = null;
    try {
      steps.accept(Step.LEFT);
    } catch (RuntimeException e) {
      LOG.debug("told to end here, which is not possible any more", e);
    }
    while (here == null) {
      try {
        here = owner.resume(fence);
      } catch (LedgerUnavailableException | OutcomeUnknownException e) {
        LOG.debug("not known yet where shard {} is", fence.shard(), e);
        try {
          pause(LOCATE_PAUSE_MILLIS);
        } catch (LedgerUnavailableException closing) {
          gate.onward(target.lane());
          throw closing;
        }
      } catch (RuntimeException e) {
        gate.onward(target.lane());
        throw e;
      }
    }
    if (here != target) {
      gate.open();
      lane.remove(fence.shard(), gate);
      throw new NotLeftException();
    }
    gate.onward(target.lane());
    resumed = System.nanoTime();
  }

  /** The point of no return was not reached after all. */
  private final class NotLeftException extends RuntimeException {
    private static final long serialVersionUID = 1;

    LedgerUnavailableException told() {
      return new LedgerUnavailableException(
          "shard " + fence.shard() + " has not left " + source.name(), null);
    }
  }

  private void abandon(@Nullable ShardCopy copy) {
    if (copy == null) {
      return;
    }
    try {
      copy.abandon();
    } catch (RuntimeException e) {
      LOG.debug("shard {} is left ARRIVING in {}", fence.shard(), target.name(), e);
    }
  }

  private void clear(ShardCopy copy) {
    try {
      steps.accept(Step.ARRIVED);
      copy.clearSource();
      steps.accept(Step.CLEARED);
    } catch (RuntimeException e) {
      LOG.info(
          "rows of shard {} are left in {} until its next owner removes them: {}",
          fence.shard(),
          source.name(),
          e.getMessage());
    }
  }

  private static void await(CompletableFuture<?> future) {
    try {
      future.get(LANE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LedgerUnavailableException("the ledger closes", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new LedgerUnavailableException("the lane of the shard does not answer", e);
    }
  }

  /** Databases tell nobody that a branch has ended or that they are back. */
  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LedgerUnavailableException("the ledger closes", e);
    }
  }
}
