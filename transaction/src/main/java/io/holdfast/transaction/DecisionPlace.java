package io.holdfast.transaction;

/**
 * Where the decision on a transaction is kept.
 *
 * <p>The promise is the same. In the last branch it saves the write to the cluster and one prepare,
 * and so two flushes to disk; but the last branch begins only when the others have prepared, and
 * what a dead coordinator has left can be settled only while the last branch's database answers.
 * With many clients the decisions in the cluster share their write and all branches work at once:
 * then the cluster is faster.
 */
public enum DecisionPlace {
  /** The coordination cluster. */
  CLUSTER,
  /**
   * The database of the branch that is enlisted last, which must be a {@link DecidingBranch}. The
   * last resource of X/Open's model, with a decision that others can find.
   */
  LAST_BRANCH
}
