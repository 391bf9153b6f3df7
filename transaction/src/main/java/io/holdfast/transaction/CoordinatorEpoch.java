package io.holdfast.transaction;

import io.holdfast.coordination.Owner;
import java.util.Optional;

/**
 * An incarnation of a coordinator, as an operator sees it; see {@link TransactionInspection}.
 *
 * @param name as it stands in the names of its transactions
 * @param state whether it may decide
 * @param coordinator the process; empty if that cannot be read. Of a closed epoch it is the process
 *     that has closed it
 * @param decisions how many of its decisions are kept in the cluster
 */
public record CoordinatorEpoch(
    String name, State state, Optional<Owner> coordinator, int decisions) {

  /** Whether an epoch may decide. */
  public enum State {
    /** Its process lives and decides. */
    OPEN,
    /** Its process is dead, and nobody has closed it yet. */
    ORPHANED,
    /** It decides no more; what it has decided is kept for a while. */
    CLOSED
  }
}
