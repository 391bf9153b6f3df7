package io.holdfast.transaction;

import java.util.Optional;

/** What a branch says when it is asked to prepare. */
public sealed interface Vote {

  /**
   * Its work is done and kept where a crash does not reach it: it can be committed and aborted, and
   * does neither by itself, ever.
   */
  record Prepared() implements Vote {}

  /** It has changed nothing and has ended: it does not matter to it how the others end. */
  record ReadOnly() implements Vote {}

  /**
   * It cannot commit, and nothing of it is left.
   *
   * @param reason for people
   * @param cause what its work has thrown, or the database; empty if nothing was thrown
   */
  record Refused(String reason, Optional<Throwable> cause) implements Vote {

    /** Without a cause. */
    public Refused(String reason) {
      this(reason, Optional.empty());
    }

    /** Because of what was thrown, in its own words. */
    public static Refused because(Throwable cause) {
      String message = cause.getMessage();
      return new Refused(
          message == null || message.isBlank() ? cause.toString() : message, Optional.of(cause));
    }
  }

  /** {@link Prepared}. */
  Vote PREPARED = new Prepared();

  /** {@link ReadOnly}. */
  Vote READ_ONLY = new ReadOnly();
}
