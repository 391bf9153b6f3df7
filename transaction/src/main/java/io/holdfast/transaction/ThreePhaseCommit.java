package io.holdfast.transaction;

import io.holdfast.transaction.Outcome.Reason;
import io.holdfast.transaction.PhasedParticipant.Phase;
import io.holdfast.transaction.TwoPhaseCommit.Abort;
import io.holdfast.transaction.TwoPhaseCommit.Aborted;
import io.holdfast.transaction.TwoPhaseCommit.Acknowledge;
import io.holdfast.transaction.TwoPhaseCommit.Commit;
import io.holdfast.transaction.TwoPhaseCommit.Committed;
import io.holdfast.transaction.TwoPhaseCommit.Finish;
import io.holdfast.transaction.TwoPhaseCommit.PreCommit;
import io.holdfast.transaction.TwoPhaseCommit.Prepare;
import io.holdfast.transaction.TwoPhaseCommit.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Three-phase commit (Skeen, 1981) as its coordinator goes through it, and what those who wait do
 * without it. Pure: told what happened, it says what to do next.
 *
 * <pre>
 *   coordinator                                participant
 *
 *   WAITING --- all prepared --> PRECOMMITTING    WAITING --- pre-commit --> PRECOMMITTED
 *      |                              |              |                            |
 *      | refused, silent,             | all noted,   | time-out                   | time-out
 *      | time-out                     | time-out     v                            v
 *      v                              v          {@link #terminate terminate}    terminate
 *   ABORTING                     COMMITTING
 * </pre>
 *
 * <p>Nobody ever waits for the coordinator. That is right as long as who does not answer is dead.
 * When it is only out of reach, those on one side of a partition may all be WAITING and abort,
 * while on the other side one is PRECOMMITTED and all commit.
 */
final class ThreePhaseCommit implements CommitProtocol {

  private enum Stage {
    WAITING,
    PRECOMMITTING,
    COMMITTING,
    ABORTING,
    FINISHED
  }

  private final @Nullable Vote[] votes;

  /** Branches that have noted the pre-commit, or do not answer. */
  private final boolean[] noted;

  /** Branches that wait for nothing more. */
  private final boolean[] ended;

  private Stage stage = Stage.WAITING;

  ThreePhaseCommit(int branches) {
    votes = new Vote[branches];
    noted = new boolean[branches];
    ended = new boolean[branches];
  }

  @Override
  public List<Step> start() {
    return IntStream.range(0, votes.length).<Step>mapToObj(Prepare::new).toList();
  }

  @Override
  public List<Step> voted(int branch, Vote vote) {
    votes[branch] = vote;
    ended[branch] = !(vote instanceof Vote.Prepared);
    if (stage == Stage.ABORTING) {
      return ended[branch] ? finishIfAllEnded(false) : List.of(new Abort(branch));
    }
    if (vote instanceof Vote.Refused refused) {
      return abort(Reason.REFUSED, refused.reason());
    }
    if (Arrays.stream(votes).anyMatch(each -> each == null)) {
      return List.of();
    }
    stage = Stage.PRECOMMITTING;
    List<Step> steps = new ArrayList<>();
    for (int each = 0; each < votes.length; each++) {
      noted[each] = ended[each];
      if (!ended[each]) {
        steps.add(new PreCommit(each));
      }
    }
    return steps.isEmpty() ? commit() : steps;
  }

  @Override
  public List<Step> silent(int branch, String why) {
    votes[branch] = Vote.PREPARED;
    if (stage == Stage.ABORTING) {
      return List.of(new Abort(branch));
    }
    return abort(Reason.UNREACHABLE, why);
  }

  /** A branch has noted the pre-commit, or does not answer: then it is not waited for. */
  List<Step> preCommitted(int branch) {
    noted[branch] = true;
    boolean all = IntStream.range(0, noted.length).allMatch(each -> noted[each]);
    return all && stage == Stage.PRECOMMITTING ? commit() : List.of();
  }

  @Override
  public List<Step> giveUp(Reason reason) {
    return switch (stage) {
      case WAITING -> abort(reason, "not all have prepared in time");
      case PRECOMMITTING -> commit();
      case COMMITTING, ABORTING, FINISHED -> List.of();
    };
  }

  private List<Step> commit() {
    stage = Stage.COMMITTING;
    List<Step> steps = new ArrayList<>();
    steps.add(new Acknowledge(new Committed()));
    for (int branch = 0; branch < votes.length; branch++) {
      if (!ended[branch]) {
        steps.add(new Commit(branch));
      }
    }
    steps.addAll(finishIfAllEnded(true));
    return steps;
  }

  private List<Step> abort(Reason reason, String detail) {
    stage = Stage.ABORTING;
    List<Step> steps = new ArrayList<>();
    steps.add(new Acknowledge(new Aborted(reason, detail)));
    for (int branch = 0; branch < votes.length; branch++) {
      if (!ended[branch] && votes[branch] != null) {
        steps.add(new Abort(branch));
      }
    }
    steps.addAll(finishIfAllEnded(false));
    return steps;
  }

  @Override
  public List<Step> ended(int branch) {
    ended[branch] = true;
    return finishIfAllEnded(stage == Stage.COMMITTING);
  }

  private List<Step> finishIfAllEnded(boolean committed) {
    boolean all = IntStream.range(0, ended.length).allMatch(branch -> ended[branch]);
    if (!all || stage == Stage.FINISHED) {
      return List.of();
    }
    stage = Stage.FINISHED;
    return List.of(new Finish(committed));
  }

  /** What those that have waited too long come to. */
  enum Termination {
    COMMIT,
    /** The waiting branches are told first, so that a later termination has the same result. */
    PRECOMMIT_AND_COMMIT,
    ABORT
  }

  /**
   * The termination protocol.
   *
   * @param reachable how far the branches have come that answer; at least one
   */
  static Termination terminate(Collection<Phase> reachable) {
    if (reachable.contains(Phase.COMMITTED)) {
      return Termination.COMMIT;
    }
    if (reachable.contains(Phase.ABORTED) || reachable.contains(Phase.NONE)) {
      return Termination.ABORT;
    }
    return reachable.contains(Phase.PRECOMMITTED)
        ? Termination.PRECOMMIT_AND_COMMIT
        : Termination.ABORT;
  }

  @Override
  public String toString() {
    return stage + " " + Arrays.asList(votes);
  }
}
