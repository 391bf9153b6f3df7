package io.holdfast.transaction;

import io.holdfast.transaction.Outcome.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of one transaction as its coordinator goes through it: two-phase commit with
 * presumed abort (Mohan, Lindsay and Obermarck, 1986). Pure: told what happened, it says what to do
 * next.
 *
 * <pre>
 *   start -+-- no branch ------------------------------------------> FINISHED
 *          +-- one ------> ALONE ----------------------------------> FINISHED
 *          +-- several --> PREPARING --> DECIDING --> COMMITTING --> FINISHED
 *                              |            |
 *                              +--> ABORTING <-- no decision ------> FINISHED
 * </pre>
 *
 * <p>The caller has its answer at the arrow into COMMITTING or ABORTING; what comes after goes on
 * behind. When time is up in DECIDING or ALONE the answer is that it is unknown, and the right one
 * follows. Used by one thread at a time.
 */
final class TwoPhaseCommit implements CommitProtocol {

  enum Stage {
    PREPARING,
    ALONE,
    DECIDING,
    COMMITTING,
    ABORTING,
    FINISHED
  }

  /** What is to be done next. */
  sealed interface Step {}

  record Prepare(int branch) implements Step {}

  record CommitAlone() implements Step {}

  /** Ask the branch what became of it, as often as it takes. */
  record FindAlone() implements Step {}

  /** Write the decision, once. */
  record Decide(List<Integer> prepared) implements Step {}

  /** See to it that there is a decision or never will be, as often as it takes, and say which. */
  record FindDecision() implements Step {}

  /** Tell a branch that all have prepared, once. In three phases only. */
  record PreCommit(int branch) implements Step {}

  /** Commit a prepared branch, as often as it takes. */
  record Commit(int branch) implements Step {}

  /** Abort a branch that is prepared or may be, as often as it takes. */
  record Abort(int branch) implements Step {}

  /** Tell the caller. */
  record Acknowledge(Answer answer) implements Step {}

  /** All is done. */
  record Finish(boolean committed) implements Step {}

  /** What the caller hears. */
  sealed interface Answer {}

  record Committed() implements Answer {}

  record Aborted(Reason reason, String detail) implements Answer {}

  record Unknown() implements Answer {}

  /** Nobody will ever know. */
  record Forgotten() implements Answer {}

  /** What became of an attempt to decide. */
  enum Attempt {
    /** The decision stands. */
    DECIDED,
    /** It does not and never will. */
    NOT_DECIDED,
    /** One of the two. */
    UNKNOWN
  }

  /** What is found when there is a doubt. Final, all of them. */
  enum Finding {
    COMMITTED,
    ABORTED,
    FORGOTTEN
  }

  private final CommitRules rules;
  private final @Nullable Vote[] votes;

  /** Branches that wait for nothing more. */
  private final boolean[] ended;

  /** How many are to be prepared. */
  private final int prepared;

  /** If all having prepared is the decision: then nobody may say by himself that it is not made. */
  private final boolean implicit;

  private Stage stage;
  private boolean committed;
  private boolean late;

  /**
   * Of a transaction.
   *
   * @param place where {@link Decide} and {@link FindDecision} go; the last branch, if it decides,
   *     is neither prepared nor ended otherwise
   */
  TwoPhaseCommit(int branches, DecisionPlace place, CommitRules rules) {
    this.rules = rules;
    this.prepared = place == DecisionPlace.LAST_BRANCH ? branches - 1 : branches;
    this.votes = new Vote[branches];
    this.ended = new boolean[branches];
    Arrays.fill(ended, Math.max(0, prepared), branches, true);
    this.implicit = place == DecisionPlace.ALL_BRANCHES;
    this.stage = branches == 1 ? Stage.ALONE : Stage.PREPARING;
  }

  @Override
  public List<Step> start() {
    if (stage == Stage.ALONE) {
      return List.of(new CommitAlone());
    }
    if (votes.length == 0) {
      return finish(true, new Acknowledge(new Committed()));
    }
    return IntStream.range(0, prepared).<Step>mapToObj(Prepare::new).toList();
  }

  @Override
  public List<Step> voted(int branch, Vote vote) {
    votes[branch] = vote;
    ended[branch] = !(vote instanceof Vote.Prepared);
    if (stage == Stage.ABORTING) {
      return ended[branch] ? finishIfAllEnded() : List.of(new Abort(branch));
    }
    if (stage != Stage.PREPARING) {
      return List.of();
    }
    if (vote instanceof Vote.Refused refused) {
      return abort(Reason.REFUSED, refused.reason());
    }
    if (implicit && vote instanceof Vote.ReadOnly) {
      return abort(Reason.REFUSED, "a branch that is read only leaves no trace of its vote");
    }
    return rules.mayDecide(Arrays.asList(votes).subList(0, prepared)) ? decide() : List.of();
  }

  @Override
  public List<Step> silent(int branch, String why) {
    votes[branch] = Vote.PREPARED;
    if (stage == Stage.ABORTING) {
      return List.of(new Abort(branch));
    }
    if (implicit && stage == Stage.PREPARING && rules.looksAfterLostReply()) {
      stage = Stage.DECIDING;
      return List.of(new FindDecision());
    }
    return stage == Stage.PREPARING ? abort(Reason.UNREACHABLE, why) : List.of();
  }

  private List<Step> decide() {
    List<Integer> toCommit =
        IntStream.range(0, prepared)
            .filter(branch -> votes[branch] instanceof Vote.Prepared)
            .boxed()
            .toList();
    if (toCommit.isEmpty() && prepared == votes.length) {
      return finish(true, new Acknowledge(new Committed()));
    }
    if (implicit) {
      return commit();
    }
    stage = Stage.DECIDING;
    List<Step> steps = new ArrayList<>();
    if (rules.acknowledgesBeforeDecision()) {
      steps.add(new Acknowledge(new Committed()));
    }
    steps.add(new Decide(toCommit));
    return steps;
  }

  /** What became of {@link Decide}. */
  List<Step> decided(Attempt attempt, String detail) {
    return switch (attempt) {
      case DECIDED -> commit();
      case NOT_DECIDED -> abort(Reason.NOT_DECIDED, detail);
      case UNKNOWN ->
          rules.looksAfterLostReply()
              ? List.of(new FindDecision())
              : abort(Reason.NOT_DECIDED, detail);
    };
  }

  /** {@link Decide} was refused: there is no decision and never will be. */
  List<Step> refused(String why) {
    return abort(Reason.REFUSED, why);
  }

  /** What {@link FindDecision} has found. */
  List<Step> found(Finding finding) {
    return switch (finding) {
      case COMMITTED -> commit();
      case ABORTED -> abort(Reason.NOT_DECIDED, "somebody has decided to abort it");
      case FORGOTTEN -> finish(false, new Acknowledge(new Forgotten()));
    };
  }

  /** What became of {@link CommitAlone}. */
  List<Step> alone(Vote vote) {
    if (vote instanceof Vote.Refused refused) {
      return finish(false, new Acknowledge(new Aborted(Reason.REFUSED, refused.reason())));
    }
    return finish(true, new Acknowledge(new Committed()));
  }

  /** {@link CommitAlone} gave no answer. */
  List<Step> aloneSilent() {
    return List.of(new FindAlone());
  }

  /** What {@link FindAlone} has found. */
  List<Step> foundAlone(Finding finding) {
    return switch (finding) {
      case COMMITTED -> finish(true, new Acknowledge(new Committed()));
      case ABORTED ->
          finish(
              false, new Acknowledge(new Aborted(Reason.UNREACHABLE, "the branch did not commit")));
      case FORGOTTEN -> finish(false, new Acknowledge(new Forgotten()));
    };
  }

  @Override
  public List<Step> giveUp(Reason reason) {
    if (late) {
      return List.of();
    }
    late = true;
    if (implicit && stage == Stage.PREPARING && rules.looksAfterLostReply()) {
      stage = Stage.DECIDING;
      return List.of(new Acknowledge(new Unknown()), new FindDecision());
    }
    return switch (stage) {
      case PREPARING -> abort(reason, "not decided in time");
      case DECIDING, ALONE -> List.of(new Acknowledge(new Unknown()));
      case COMMITTING, ABORTING, FINISHED -> List.of();
    };
  }

  @Override
  public List<Step> ended(int branch) {
    ended[branch] = true;
    return finishIfAllEnded();
  }

  private List<Step> commit() {
    stage = Stage.COMMITTING;
    committed = true;
    List<Step> steps = new ArrayList<>();
    steps.add(new Acknowledge(new Committed()));
    for (int branch = 0; branch < votes.length; branch++) {
      if (!ended[branch]) {
        steps.add(new Commit(branch));
      }
    }
    return steps;
  }

  /** Those that have not voted yet are aborted when they have. */
  private List<Step> abort(Reason reason, String detail) {
    stage = Stage.ABORTING;
    List<Step> steps = new ArrayList<>();
    steps.add(new Acknowledge(new Aborted(reason, detail)));
    for (int branch = 0; branch < votes.length; branch++) {
      if (!ended[branch] && votes[branch] != null) {
        steps.add(new Abort(branch));
      }
    }
    steps.addAll(finishIfAllEnded());
    return steps;
  }

  private List<Step> finishIfAllEnded() {
    boolean all = IntStream.range(0, ended.length).allMatch(branch -> ended[branch]);
    return all && stage != Stage.FINISHED ? finish(committed) : List.of();
  }

  private List<Step> finish(boolean outcome, Step... before) {
    stage = Stage.FINISHED;
    List<Step> steps = new ArrayList<>(Arrays.asList(before));
    steps.add(new Finish(outcome));
    return steps;
  }

  @Override
  public String toString() {
    return stage + " " + Objects.toString(Arrays.asList(votes));
  }
}
