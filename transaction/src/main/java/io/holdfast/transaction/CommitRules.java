package io.holdfast.transaction;

import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the safety of the protocol hangs on, rule by rule. Tests break one at a time and see that it
 * is noticed.
 */
class CommitRules {

  static final CommitRules SOUND = new CommitRules();

  /** Only after every branch has voted for it; a vote is null as long as it is not in. */
  boolean mayDecide(List<@Nullable Vote> votes) {
    return votes.stream().noneMatch(vote -> vote == null || vote instanceof Vote.Refused);
  }

  /** The caller hears of a commit only when the decision stands. */
  boolean acknowledgesBeforeDecision() {
    return false;
  }

  /** A decision whose reply was lost may stand. */
  boolean looksAfterLostReply() {
    return true;
  }

  /** Only while the epoch is open, and only if nobody has decided otherwise. */
  Transaction decision(Epoch epoch, long sequence, Payload decision) {
    return Transaction.EMPTY
        .require(new Transaction.Exists(epoch.openKey()))
        .require(new Transaction.Absent(epoch.decision(sequence)))
        .put(epoch.decision(sequence), decision);
  }

  /** Nobody says how a branch ends while its epoch may still decide. */
  boolean maySettle(boolean epochOpen) {
    return !epochOpen;
  }

  /** No decision, and none to come: abort. */
  boolean commitsUndecided() {
    return false;
  }

  /** A decision at a participant is missing for good only when the epoch is closed there. */
  boolean closesAtDecider() {
    return true;
  }

  /** Nothing is presumed of transactions that a restored backup cannot know of. */
  boolean presumesAbort(Epoch epoch, int generation) {
    return epoch.generation() == generation;
  }

  /** A decision is forgotten when every branch has ended, and no sooner. */
  boolean forgetsBeforeEnd() {
    return false;
  }
}
