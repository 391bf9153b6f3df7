package io.holdfast.transaction;

import io.holdfast.transaction.Outcome.Reason;
import io.holdfast.transaction.TwoPhaseCommit.Step;
import java.util.List;

/**
 * What a coordinator does next, told what has happened: {@link TwoPhaseCommit} or {@link
 * ThreePhaseCommitment}. Pure, and used by one thread at a time.
 */
interface CommitProtocol {

  List<Step> start();

  /** A branch has voted. */
  List<Step> voted(int branch, Vote vote);

  /** A branch has not voted and never will: it may be prepared. */
  List<Step> silent(int branch, String why);

  /** Time is up, or the caller has given up. */
  List<Step> giveUp(Reason reason);

  /** A commit or an abort is done. */
  List<Step> ended(int branch);
}
