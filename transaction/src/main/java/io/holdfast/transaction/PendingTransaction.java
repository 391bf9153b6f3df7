package io.holdfast.transaction;

import io.holdfast.coordination.Owner;
import io.holdfast.transaction.TransactionInspection.Ending;
import java.util.List;
import java.util.Optional;

/**
 * A transaction that is not settled everywhere, as an operator sees it; see {@link
 * TransactionInspection}.
 *
 * @param id its name
 * @param state how far it is
 * @param prepared its branches that are prepared, at the participants that were asked
 * @param coordinator the process that coordinates it, or did; empty if the cluster has forgotten
 * @param decidedFor the participants that the decision to commit names, sorted; empty without one
 * @param trace the trace that it belongs to, if the decision tells one
 * @param note why it was aborted, or what keeps its state from being known; empty otherwise
 */
public record PendingTransaction(
    TransactionId id,
    State state,
    List<PreparedBranch> prepared,
    Optional<Owner> coordinator,
    List<String> decidedFor,
    Optional<String> trace,
    String note) {

  /** How far a transaction is, and so who has to do something. */
  public enum State {
    /** Its coordinator lives and has not decided: it decides, or aborts at the time-out. */
    RUNNING,
    /** Its coordinator is dead, and nobody has closed its epoch yet: whoever looks next does. */
    ORPHANED,
    /** It is decided that it commits: each process that knows a participant commits there. */
    COMMITTING,
    /** It was not decided to commit and never will be: each process aborts what it knows. */
    ABORTING,
    /**
     * No decision is known, and nothing may be presumed, for the generation was raised since: an
     * operator has to say how it ends.
     */
    LOST,
    /** The decision is kept by a participant that was not asked. */
    DECIDED_ELSEWHERE,
    /** The epoch or the decision was written by a later version, which has to resolve it. */
    UNREADABLE
  }

  /**
   * A branch that is prepared.
   *
   * @param participant the name that its participant has here
   * @param branch its name there
   */
  public record PreparedBranch(String participant, BranchId branch) {}

  public PendingTransaction {
    prepared = List.copyOf(prepared);
    decidedFor = List.copyOf(decidedFor);
  }

  /**
   * Why an operator may not end it in a certain way; empty if that contradicts nothing that is
   * known. Of an {@code ORPHANED} one it is not known yet how it ends.
   */
  public Optional<String> refusal(Ending ending) {
    return switch (state) {
      case RUNNING ->
          Optional.of(
              "its coordinator lives and may still decide it: wait for its time-out, or end that"
                  + " process and wait until its session is over");
      case DECIDED_ELSEWHERE -> Optional.of(note + ", which was not given");
      case UNREADABLE -> Optional.of("it cannot be known how it ends: " + note);
      case COMMITTING ->
          ending == Ending.COMMIT
              ? Optional.empty()
              : Optional.of(
                  "it is decided that it commits; elsewhere it may have committed already");
      case ABORTING ->
          ending == Ending.ABORT
              ? Optional.empty()
              : Optional.of(
                  "it was not decided to commit and never will be; elsewhere it may have been"
                      + " aborted already");
      case ORPHANED, LOST -> Optional.empty();
    };
  }
}
