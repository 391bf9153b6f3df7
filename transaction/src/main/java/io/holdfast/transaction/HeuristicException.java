package io.holdfast.transaction;

/**
 * A branch has not ended as was decided, or nobody can tell: the resource or its operator has ended
 * it alone, or the server that had it was replaced by one that lacks it. A participant fails with
 * this; only people can put it right, in the data.
 *
 * <p>The decision is kept as long as the coordinator lives that made it, and the branch is asked
 * for again and again: should it appear after all, it is ended as was decided.
 */
public final class HeuristicException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient BranchId branch;

  /**
   * What has happened.
   *
   * @param branch which
   * @param what for people: what is known of it, and what they do now
   */
  public HeuristicException(BranchId branch, String what) {
    super(branch + ": " + what);
    this.branch = branch;
  }

  /** Which branch. */
  public BranchId branch() {
    return branch;
  }
}
