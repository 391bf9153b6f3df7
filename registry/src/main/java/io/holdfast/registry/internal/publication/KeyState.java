package io.holdfast.registry.internal.publication;

import io.holdfast.coordination.Revision;

/** What a {@link Publication} knows of its key in the present session. */
sealed interface KeyState {

  /** A reply was lost or a guard failed. */
  record Unknown() implements KeyState {}

  /** No session has it. */
  record Absent() implements KeyState {}

  /**
   * This session has it.
   *
   * @param modified when it was last put
   * @param target the number of the target that it holds, {@link DesiredState#NONE} if it holds
   *     something else
   */
  record Ours(Revision modified, long target) implements KeyState {}

  /**
   * Another session has it.
   *
   * @param modified when it was last put
   * @param session which one; empty if the key is permanent
   */
  record Theirs(Revision modified, String session) implements KeyState {}
}
