package io.holdfast.zookeeper.internal.write;

import io.holdfast.coordination.Revision;
import java.util.List;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;

/** What came of a write, after any lost reply was looked into. */
public sealed interface WriteOutcome {

  /**
   * It took effect.
   *
   * @param revision its place in the order
   * @param results one for each operation
   */
  record Done(Revision revision, List<OpResult> results) implements WriteOutcome {}

  /**
   * It took effect, and the reply was lost.
   *
   * @param revision its place in the order if that is still known; {@link Revision#NONE} if later
   *     writes have covered it
   */
  record DoneUnseen(Revision revision) implements WriteOutcome {}

  /**
   * It took no effect, because of one of its operations.
   *
   * @param index which one
   * @param code what was wrong with it
   */
  record Refused(int index, Code code) implements WriteOutcome {}

  /**
   * It took no effect, because a node without which it was not to be written was not there.
   *
   * @param code what was wrong with the node
   */
  record Unmet(Code code) implements WriteOutcome {}

  /** It took no effect and never will: it did not reach the leader, or was refused there. */
  record Undone() implements WriteOutcome {}

  /** It took effect or was refused, and nothing tells which. It is over, either way. */
  record Unknown() implements WriteOutcome {}
}
