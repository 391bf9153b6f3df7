package io.holdfast.transaction;

import io.holdfast.coordination.Owner;
import io.holdfast.transaction.TransactionInspection.Ending;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A transaction that is not settled everywhere, as an operator sees it; see {@link
 * TransactionInspection}.
 *
 * @param id its name
 * @param state how far it is
 * @param prepared its branches that wait for the decision, where was asked
 * @param coordinator the process that began it; empty once its epoch is closed, for then the
 *     cluster has forgotten
 * @param decidedFor the participants that the decision to commit names, sorted; empty without one
 * @param trace the trace that it belongs to, if the decision tells one
 * @param note why it was aborted, or what keeps its state from being known; empty otherwise
 * @param presumesAbort if it is aborted should nobody have decided; if not, an operator has to say
 *     how it ends
 */
public record PendingTransaction(
    TransactionId id,
    State state,
    List<PreparedBranch> prepared,
    Optional<Owner> coordinator,
    List<String> decidedFor,
    Optional<String> trace,
    String note,
    boolean presumesAbort) {

  /** How far a transaction is, and so who has to do something. */
  public enum State {
    /** Its coordinator lives and has not decided: it decides, or aborts at the time-out. */
    RUNNING,
    /**
     * Its coordinator is dead, and nobody has closed its epoch yet; the next process that looks
     * closes it.
     */
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
   * A branch that waits for the decision.
   *
   * @param participant the name that its participant has here
   * @param branch its name there
   * @param form how it waits
   * @param age for how long, by the clock of the resource; empty if that does not tell
   */
  public record PreparedBranch(
      String participant, BranchId branch, Form form, Optional<Duration> age) {

    /** How a branch waits, and so who can end it. */
    public enum Form {
      /** Prepared in a resource, where anybody can end it who may. */
      PREPARED,
      /** Tried: only a process of the application knows how to confirm or cancel it. */
      TRIED,
      /** Money that is held: only the owner of the ledger settles it. */
      HELD
    }

    /** True if it can be ended without the application. */
    public boolean canBeEndedByAnybody() {
      return form == Form.PREPARED;
    }
  }

  public PendingTransaction {
    prepared =
        prepared.stream()
            .sorted(
                Comparator.<PreparedBranch>comparingInt(each -> each.branch().index())
                    .thenComparing(PreparedBranch::participant))
            .toList();
    decidedFor = List.copyOf(decidedFor);
  }

  /** The same, of which more is known. */
  PendingTransaction as(State now) {
    return new PendingTransaction(
        id, now, prepared, coordinator, decidedFor, trace, note, presumesAbort);
  }

  /** For how long the oldest of its branches waits; empty if no resource tells. */
  public Optional<Duration> age() {
    return prepared.stream().flatMap(each -> each.age().stream()).max(Comparator.naturalOrder());
  }

  /**
   * The names under which prepared branches of it were found that are none of its participants'
   * names, sorted: the inspecting process has another name for a participant than the process that
   * began it. Known if a decision to commit names them, or if its branches decide together; empty
   * otherwise.
   */
  public List<String> strangers() {
    List<String> known =
        decidedFor.isEmpty()
            ? Voters.of(id).map(Voters::participants).orElse(List.of())
            : decidedFor;
    return prepared.stream()
        .filter(PreparedBranch::canBeEndedByAnybody)
        .map(PreparedBranch::participant)
        .filter(name -> !known.isEmpty() && !known.contains(name))
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * Why an operator may not end it in a certain way; empty if that contradicts nothing that is
   * known.
   */
  public Optional<String> refusal(Ending ending) {
    return contradiction(ending).or(this::leftToOthers);
  }

  /** The same, also where there is nothing that an operator could do beside saying so. */
  Optional<String> contradiction(Ending ending) {
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
      case ORPHANED ->
          ending == Ending.COMMIT && presumesAbort
              ? Optional.of(
                  "its coordinator is dead, and no decision to commit it is there: it can only be"
                      + " aborted, unless one that is under way still comes; nothing was changed")
              : Optional.empty();
      case LOST -> Optional.empty();
    };
  }

  private Optional<String> leftToOthers() {
    boolean known = state == State.COMMITTING || state == State.ABORTING;
    return !known || prepared.stream().anyMatch(PreparedBranch::canBeEndedByAnybody)
        ? Optional.empty()
        : Optional.of(
            "how it ends is known, and only the processes of the application can end its branches"
                + " here: start one of them");
  }
}
