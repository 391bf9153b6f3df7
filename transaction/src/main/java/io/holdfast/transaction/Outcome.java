package io.holdfast.transaction;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** How a commit ended. There are three ways, never two. */
public sealed interface Outcome {

  /**
   * It is committed, and stays so whatever crashes now.
   *
   * @param token for readers that must see it everywhere: its branches may be some milliseconds
   *     behind, see {@link Transactions#awaitVisible}
   */
  record Committed(VisibilityToken token) implements Outcome {}

  /**
   * No part of it has taken effect or ever will.
   *
   * @param reason of which kind
   * @param detail for people; it begins with the participant and the number of the branch, from 0
   *     as in the branch's name, if it is about one of them
   * @param cause what the work of a branch, or a participant, has thrown; empty if nothing
   */
  record Aborted(Reason reason, String detail, Optional<Throwable> cause) implements Outcome {

    /** Without a cause. */
    public Aborted(Reason reason, String detail) {
      this(reason, detail, Optional.empty());
    }
  }

  /**
   * The outcome was not known in time: it is committed or aborted, or will be.
   *
   * @param resolution completes with {@link Committed} or {@link Aborted}, where {@link
   *     io.holdfast.spi.Callbacks} run, as soon as that can be found out; fails with {@link
   *     OutcomeForgottenException} if it was settled by others so long ago that nobody can tell,
   *     and with {@link io.holdfast.coordination.UnavailableException} if the coordinator is closed
   *     before
   */
  record Unknown(CompletionStage<Outcome> resolution) implements Outcome {}

  /** Why a transaction was aborted. */
  enum Reason {
    /** A branch refused: a constraint, a deadlock, a stale token; or its work has thrown. */
    REFUSED,
    /** A branch did not answer. */
    UNREACHABLE,
    /** Time was up before the decision. */
    TIMED_OUT,
    /** The caller gave it up. */
    CANCELLED,
    /** The cluster could not take the decision, or somebody has decided to abort. */
    NOT_DECIDED
  }
}
