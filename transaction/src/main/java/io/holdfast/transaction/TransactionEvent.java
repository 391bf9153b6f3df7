package io.holdfast.transaction;

import io.holdfast.coordination.CoordinationEvent;
import io.holdfast.transaction.Outcome.Reason;
import java.time.Duration;
import java.util.Optional;

/**
 * What transactions tell those who {@link io.holdfast.coordination.Coordinator#listen listen} at
 * their coordinator.
 */
public sealed interface TransactionEvent extends CoordinationEvent {

  /**
   * A commit has begun.
   *
   * @param branches how many it has
   * @param place where it is decided; of one branch alone, its own database
   */
  record Begun(int branches, DecisionPlace place) implements TransactionEvent {}

  /** What the caller of a commit hears. */
  enum Answer {
    /** See {@link Outcome.Committed}. */
    COMMITTED,
    /** See {@link Outcome.Aborted}. */
    ABORTED,
    /** See {@link Outcome.Unknown}. */
    UNKNOWN
  }

  /**
   * The caller of a commit has its answer.
   *
   * @param reason why it was aborted; empty otherwise
   * @param branches how many it has
   * @param place where it is decided
   * @param preparing from the call of commit until all branches were prepared, or until the answer
   *     if they never were
   * @param deciding from then until the answer
   * @param trace the trace that it belongs to
   */
  record Answered(
      Answer answer,
      Optional<Reason> reason,
      int branches,
      DecisionPlace place,
      Duration preparing,
      Duration deciding,
      Optional<String> trace)
      implements TransactionEvent {}

  /**
   * It has become known how one ended of which the caller had heard that it is unknown.
   *
   * @param answer never unknown
   * @param after the call of commit
   */
  public record Resolved(Answer answer, Duration after) implements TransactionEvent {}

  /**
   * Every branch has ended.
   *
   * @param settling since the answer
   */
  record Settled(DecisionPlace place, Duration settling) implements TransactionEvent {}

  /**
   * What is prepared at a participant, by whatever process; told with every look for what was left.
   *
   * @param branches how many; those of transactions that are under way are among them
   * @param oldest for how long the oldest has been seen from here
   */
  record InDoubt(String participant, int branches, Duration oldest) implements TransactionEvent {}

  /**
   * Branches that others had left were ended.
   *
   * @param committed so many
   * @param aborted so many
   */
  record Recovered(String participant, int committed, int aborted) implements TransactionEvent {}

  /**
   * A look for what was left is over.
   *
   * @param took from its begin
   * @param done false if the cluster did not answer
   */
  record Swept(Duration took, boolean done) implements TransactionEvent {}
}
