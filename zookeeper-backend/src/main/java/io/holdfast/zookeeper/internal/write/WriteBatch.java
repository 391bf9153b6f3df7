package io.holdfast.zookeeper.internal.write;

import io.holdfast.coordination.Revision;
import io.holdfast.zookeeper.internal.client.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;

/**
 * Writes that share one {@code multi}: one proposal, one flush to disk, one zxid.
 *
 * @param number counts the session's batches
 * @param sent when it was sent
 * @param writes one or more
 */
record WriteBatch(long number, long sent, List<PendingWrite> writes) {

  private static final int MOST_OPERATIONS = 128;
  private static final int MOST_BYTES = 400_000;

  /**
   * Takes from the front of {@code waiting} what goes together; at least one. Writes that must stay
   * apart do not: two places in one queue, for instance, would be created by one zxid and so have
   * equal tokens.
   */
  static WriteBatch gather(long number, long sent, Deque<PendingWrite> waiting) {
    List<PendingWrite> writes = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    int operations = 0;
    int bytes = 0;
    while (!waiting.isEmpty()) {
      PendingWrite next = waiting.element();
      operations += next.present().size() + next.ops().size();
      bytes += next.bytes();
      boolean fits = operations <= MOST_OPERATIONS && bytes <= MOST_BYTES;
      if (!writes.isEmpty() && (!fits || next.apart().stream().anyMatch(taken::contains))) {
        break;
      }
      taken.addAll(next.apart());
      writes.add(waiting.remove());
    }
    return new WriteBatch(number, sent, List.copyOf(writes));
  }

  /** True if a write could not have gone along, however small. */
  boolean keepsOut(PendingWrite write) {
    return writes.stream().anyMatch(each -> !Collections.disjoint(each.apart(), write.apart()));
  }

  /** The same write once more, by itself. */
  static WriteBatch alone(long number, long sent, PendingWrite write) {
    return new WriteBatch(number, sent, List.of(write));
  }

  /** The whole {@code multi}: {@code guard}, each condition once, and what is to be written. */
  List<Op> operations(Op guard) {
    List<Op> ops = new ArrayList<>();
    ops.add(guard);
    present().forEach(node -> ops.add(Op.check(node, Connection.ANY_VERSION)));
    writes.forEach(write -> ops.addAll(write.ops()));
    return ops;
  }

  private Set<String> present() {
    Set<String> present = new LinkedHashSet<>();
    writes.forEach(write -> present.addAll(write.present()));
    return present;
  }

  /** Lets each ask what it wants to know behind its write. */
  void askBehind() {
    writes.forEach(write -> write.behind().run());
  }

  /** Gives each write its part of the results. */
  void done(Revision revision, List<OpResult> results) {
    int next = 1 + present().size();
    for (PendingWrite write : writes) {
      int end = next + write.ops().size();
      write
          .outcome()
          .complete(new WriteOutcome.Done(revision, List.copyOf(results.subList(next, end))));
      next = end;
    }
  }

  /** Tells its only write which operation of the {@code multi} was refused. */
  void refused(int index, Code code) {
    int first = 1 + present().size();
    WriteOutcome outcome =
        index > 0 && index < first
            ? new WriteOutcome.Unmet(code)
            : new WriteOutcome.Refused(Math.max(-1, index - first), code);
    writes.get(0).outcome().complete(outcome);
  }

  /** The same for all. */
  void settled(WriteOutcome outcome) {
    writes.forEach(write -> write.outcome().complete(outcome));
  }
}
