package io.holdfast.transaction;

/**
 * Where the decision on a transaction is kept.
 *
 * <p>With the first three the promise is the same. In the last branch it saves the write to the
 * cluster and one prepare, and so two flushes to disk; but the last branch begins only when the
 * others have prepared, and what a dead coordinator has left can be settled only while the last
 * branch's database answers. With many clients the decisions in the cluster share their write and
 * all branches work at once: then the cluster is faster.
 */
public enum DecisionPlace {
  /** The coordination cluster. */
  CLUSTER,
  /**
   * The database of the branch that is enlisted last, which must be a {@link DecidingBranch}. The
   * last resource of X/Open's model, with a decision that others can find.
   */
  LAST_BRANCH,
  /**
   * Nowhere else than in the branches: as soon as all have prepared it is committed, and nothing is
   * written at that point. Each of them must be at a {@link BarringParticipant}. What it saves is
   * paid for when something fails: to end what a dead coordinator has left, <em>every</em>
   * participant has to answer, and one that is away keeps all the others waiting; when time is up
   * the outcome is unknown, not aborted, until all have been asked. A branch may not be read only.
   */
  ALL_BRANCHES,
  /**
   * Nowhere: the participants, each of them a {@link PhasedParticipant}, go through three phases
   * (Skeen, 1981), and one that waits too long asks those that it can reach and follows their
   * answers.
   *
   * <p><b>Never for money.</b> It does not wait for unreachable participants, so in a network
   * partition it may commit on one side and abort on the other. It exists for comparison only.
   */
  THREE_PHASES
}
