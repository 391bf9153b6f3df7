package io.holdfast.transaction;

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
   */
  record Refused(String reason) implements Vote {}

  /** {@link Prepared}. */
  Vote PREPARED = new Prepared();

  /** {@link ReadOnly}. */
  Vote READ_ONLY = new ReadOnly();
}
