package io.holdfast.registry;

import io.holdfast.coordination.Revision;

/** What a {@link Publication} knows of its key in the present session. */
sealed interface Known {

  /** A reply was lost or a guard failed. */
  record Unknown() implements Known {}

  /** Nobody has it. */
  record Absent() implements Known {}

  /**
   * This session has it.
   *
   * @param modified when it was last put
   * @param target the number of the target that it holds, {@link Wishes#NONE} if it holds something
   *     else
   */
  record Ours(Revision modified, long target) implements Known {}

  /**
   * Another session has it.
   *
   * @param modified when it was last put
   * @param session which one; empty if the key is permanent
   */
  record Theirs(Revision modified, String session) implements Known {}
}
