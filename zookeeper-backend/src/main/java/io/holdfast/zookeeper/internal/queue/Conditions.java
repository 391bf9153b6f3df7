package io.holdfast.zookeeper.internal.queue;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.zookeeper.internal.read.Paths;
import java.util.List;
import java.util.stream.Stream;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;

/**
 * What must have been there when a place was taken, looked at afterwards.
 *
 * <p>A {@code multi} looks before it writes, and costs every server more than the one node that it
 * creates. A node that is seen in any later state, and was created before the place, was there all
 * the while: so one read behind the plain {@code create} tells the same.
 *
 * @param presence the session's own
 * @param others all that the caller asked for
 */
record Conditions(String presence, List<String> others) {

  /** How it is. */
  enum Verdict {
    MET,
    /** One of the others was not there. */
    UNMET,
    /** The session was given up. */
    SESSION_GONE,
    /** Nothing was learnt. */
    UNKNOWN
  }

  static Conditions of(String presence, List<Key> others, Paths paths) {
    return new Conditions(presence, others.stream().map(paths::of).toList());
  }

  /** To be read in one request, in this order, for {@link #judge}. */
  List<Op> reads() {
    return Stream.concat(Stream.of(presence), others.stream()).map(Op::getData).toList();
  }

  /** What {@code answers} to {@link #reads} say of a place that was taken at {@code created}. */
  static Verdict judge(List<OpResult> answers, Revision created) {
    Verdict verdict = Verdict.MET;
    for (int i = answers.size() - 1; i >= 0; i--) {
      if (answers.get(i) instanceof OpResult.GetDataResult node) {
        if (node.getStat().getCzxid() >= created.value()) {
          verdict = missing(i);
        }
      } else if (((OpResult.ErrorResult) answers.get(i)).getErr() == Code.NONODE.intValue()) {
        verdict = missing(i);
      } else {
        return Verdict.UNKNOWN;
      }
    }
    return verdict;
  }

  private static Verdict missing(int index) {
    return index == 0 ? Verdict.SESSION_GONE : Verdict.UNMET;
  }
}
