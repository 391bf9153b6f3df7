package io.holdfast.transaction.tcc;

import io.holdfast.transaction.BarringParticipant;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.PhasedParticipant;
import io.holdfast.transaction.PhasedParticipant.Phase;

/**
 * Keeps the three calls of a branch in order, whatever is repeated, lost or late on the way to it:
 * each has its effect once, a cancel without a try has none, and a try that comes after its cancel
 * is refused.
 *
 * <pre>
 *   (no row) -- try ----> TRIED -- confirm --> CONFIRMED
 *       |                   |
 *       +-- cancel ----> CANCELLED &lt;-- cancel --+
 * </pre>
 *
 * <p>One row for each branch, in the store that the work itself changes, put and changed in the
 * local transaction of the work: both are done or neither. A try and a cancel <em>insert</em>
 * first, and look only if there was a row. To look first, with a lock, and then insert is what dead
 * locks: two that find nothing lock the same gap and then wait for each other.
 *
 * <p>The row of a branch that has ended stays until the participant is told to forget it; see
 * {@link io.holdfast.transaction.RememberingParticipant}.
 */
public final class Barrier {

  /** What becomes of a try. */
  public enum Admission {
    /** It is the first: do the work. */
    FIRST,
    /** It has been done: there is nothing to do, and it counts. */
    REPEATED,
    /** It comes after its cancel: it must not be done. */
    REFUSED
  }

  private Barrier() {}

  /** Before the work of a try, in its local transaction. */
  public static <X extends Exception> Admission attempt(BarrierRows<X> rows, BranchId branch)
      throws X {
    if (rows.insert(branch, BarrierState.TRIED)) {
      return Admission.FIRST;
    }
    return rows.find(branch).filter(state -> state != BarrierState.CANCELLED).isPresent()
        ? Admission.REPEATED
        : Admission.REFUSED;
  }

  /**
   * Before the work of a confirm, in its local transaction.
   *
   * @return if there is anything to do
   */
  public static <X extends Exception> boolean confirm(BarrierRows<X> rows, BranchId branch)
      throws X {
    return end(rows, branch, BarrierState.CONFIRMED);
  }

  /**
   * Before the work of a cancel, in its local transaction. Without a try it leaves a row that keeps
   * the try out, should it still come.
   *
   * @return if there is anything to undo
   */
  public static <X extends Exception> boolean cancel(BarrierRows<X> rows, BranchId branch)
      throws X {
    return !rows.insert(branch, BarrierState.CANCELLED)
        && end(rows, branch, BarrierState.CANCELLED);
  }

  private static <X extends Exception> boolean end(
      BarrierRows<X> rows, BranchId branch, BarrierState to) throws X {
    return rows.change(branch, BarrierState.TRIED, to)
        || rows.change(branch, BarrierState.PRECOMMITTED, to);
  }

  /**
   * See {@link PhasedParticipant#preCommit}, in a local transaction; there is no work to it.
   *
   * @return if it waited
   */
  public static <X extends Exception> boolean preCommit(BarrierRows<X> rows, BranchId branch)
      throws X {
    return rows.change(branch, BarrierState.TRIED, BarrierState.PRECOMMITTED);
  }

  /**
   * See {@link PhasedParticipant#phase}, in a local transaction. A branch that was not tried is
   * cancelled by that, as {@link BarringParticipant#barUnlessPrepared} wants it, too.
   */
  public static <X extends Exception> Phase phase(BarrierRows<X> rows, BranchId branch) throws X {
    if (rows.insert(branch, BarrierState.CANCELLED)) {
      return Phase.NONE;
    }
    return switch (rows.find(branch).orElse(BarrierState.CANCELLED)) {
      case TRIED -> Phase.WAITING;
      case PRECOMMITTED -> Phase.PRECOMMITTED;
      case CONFIRMED -> Phase.COMMITTED;
      case CANCELLED -> Phase.ABORTED;
    };
  }

  /** See {@link BarringParticipant#barUnlessPrepared}, in a local transaction. */
  public static <X extends Exception> boolean barUnlessTried(BarrierRows<X> rows, BranchId branch)
      throws X {
    Phase phase = phase(rows, branch);
    return phase != Phase.NONE && phase != Phase.ABORTED;
  }
}
