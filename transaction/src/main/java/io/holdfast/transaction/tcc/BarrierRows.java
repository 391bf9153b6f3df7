package io.holdfast.transaction.tcc;

import io.holdfast.transaction.BranchId;
import java.util.Optional;

/**
 * The rows of a {@link Barrier} as one local transaction sees and changes them.
 *
 * @param <X> what fails with
 */
public interface BarrierRows<X extends Exception> {

  /**
   * Puts a row if the branch has none. If another local transaction has just put one and has not
   * ended, this waits for it.
   *
   * @return false if there is one; it stays as it is
   */
  boolean insert(BranchId branch, BarrierState state) throws X;

  /**
   * Changes a row's state, and keeps others from changing it until the local transaction ends.
   *
   * @return false if there is no such row in the state {@code from}
   */
  boolean change(BranchId branch, BarrierState from, BarrierState to) throws X;

  /** The state of a row; empty if there is none. */
  Optional<BarrierState> find(BranchId branch) throws X;
}
