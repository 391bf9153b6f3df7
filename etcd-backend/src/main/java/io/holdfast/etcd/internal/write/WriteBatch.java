package io.holdfast.etcd.internal.write;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import io.holdfast.coordination.Key;
import io.holdfast.etcd.internal.read.Reader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes that share one Txn: one proposal, one flush to disk, one revision.
 *
 * <pre>
 *   If   presence unmoved
 *   Then Txn(If guards of 1 Then writes of 1)
 *        Txn(If guards of 2 Then writes of 2) ...
 *   Else presence
 * </pre>
 *
 * <p>So each member has its own guards and its own answer, and one whose guard fails does not touch
 * the others. etcd checks all comparisons, nested ones too, against the state before the Txn, so no
 * member may write what another compares; and it refuses two puts of one key. {@link
 * io.holdfast.spi.KeyOrder} keeps such writes apart. Ranges see the writes of members before them.
 * A single write goes without the nesting.
 *
 * @param traces what the names of this batch's traces begin with
 * @param number counts the session's batches; the content of its traces
 * @param writes one or more
 */
record WriteBatch(ByteSequence traces, long number, List<PendingWrite> writes) {

  /** The most that etcd allows on any way from the outermost Txn to an operation, by default. */
  static final int MOST_OPERATIONS = 128;

  /** More would make the flush longer for all without saving much for each. */
  static final int MOST_WRITES = 48;

  /** etcd takes 1.5 MiB in a request unless it is told otherwise. */
  static final int MOST_BYTES = 1_000_000;

  /**
   * Takes from the front of {@code waiting} what goes together; at least one. Of those that have to
   * be kept apart the first goes.
   */
  static WriteBatch gather(ByteSequence traces, long number, Deque<PendingWrite> waiting) {
    List<PendingWrite> writes = new ArrayList<>();
    Set<Key> apart = new HashSet<>();
    int bytes = 0;
    int operations = 0;
    Iterator<PendingWrite> rest = waiting.iterator();
    while (rest.hasNext() && writes.size() < MOST_WRITES) {
      PendingWrite next = rest.next();
      if (Collections.disjoint(apart, next.apart())) {
        bytes += next.bytes();
        operations = Math.max(operations, next.operations());
        boolean fits = bytes <= MOST_BYTES && operations + writes.size() + 1 <= MOST_OPERATIONS;
        if (!writes.isEmpty() && !fits) {
          break;
        }
        writes.add(next);
        apart.addAll(next.apart());
        rest.remove();
      }
    }
    return new WriteBatch(traces, number, List.copyOf(writes));
  }

  /** A batch of one. */
  static WriteBatch alone(ByteSequence traces, long number, PendingWrite write) {
    return gather(traces, number, new ArrayDeque<>(List.of(write)));
  }

  private boolean isSingle() {
    return writes.size() == 1;
  }

  /** The comparisons, beginning with {@code presence}. */
  List<Cmp> guards(Cmp presence) {
    List<Cmp> all = new ArrayList<>(List.of(presence));
    if (isSingle()) {
      all.addAll(writes.get(0).guards());
    }
    return all;
  }

  /** What is done if they hold; {@code leased} makes the traces go with the session. */
  List<Op> then(PutOption leased) {
    if (isSingle()) {
      return traced(0, leased);
    }
    List<Op> members = new ArrayList<>();
    for (int i = 0; i < writes.size(); i++) {
      PendingWrite write = writes.get(i);
      members.add(
          Op.txn(
              write.guards().toArray(new Cmp[0]), traced(i, leased).toArray(new Op[0]), new Op[0]));
    }
    return members;
  }

  private List<Op> traced(int index, PutOption leased) {
    PendingWrite write = writes.get(index);
    if (write.trace() == PendingWrite.Trace.NONE) {
      return write.then();
    }
    List<Op> all = new ArrayList<>(write.then());
    all.add(Op.put(trace(index), ByteSequence.from(Long.toString(number), UTF_8), leased));
    return all;
  }

  private ByteSequence trace(int index) {
    return traces.concat(ByteSequence.from(Integer.toString(index), UTF_8));
  }

  /** The outermost comparisons held: gives each write its part of the reply. */
  void done(TxnResponse reply) {
    long revision = reply.getHeader().getRevision();
    if (isSingle()) {
      writes.get(0).done(revision, ranges(reply));
      return;
    }
    List<TxnResponse> parts = reply.getTxnResponses();
    for (int i = 0; i < writes.size(); i++) {
      TxnResponse part = parts.get(i);
      if (part.isSucceeded()) {
        writes.get(i).done(revision, ranges(part));
      } else {
        writes.get(i).refused(revision);
      }
    }
  }

  /** The session is well, and the outermost comparisons did not hold: those of the only write. */
  void refused(TxnResponse reply) {
    writes.get(0).refused(reply.getHeader().getRevision());
  }

  private static List<GetResponse> ranges(TxnResponse reply) {
    return reply.getGetResponses();
  }

  boolean hasTraces() {
    return writes.stream().anyMatch(write -> write.trace() == PendingWrite.Trace.KEY);
  }

  /** Where this batch's traces are found, and those of earlier ones that used the same keys. */
  Reader.Range whereTracesAre() {
    return Reader.Range.below(traces);
  }

  /**
   * The batch is either done by now or never, and no reply says which: tells by the traces.
   *
   * @param found what {@link #whereTracesAre} shows
   * @param notDone for those that have left none
   * @param unknown for those that leave none
   */
  void settled(List<KeyValue> found, Throwable notDone, Throwable unknown) {
    Map<ByteSequence, KeyValue> byKey = new HashMap<>();
    found.forEach(kv -> byKey.put(kv.getKey(), kv));
    for (int i = 0; i < writes.size(); i++) {
      KeyValue trace = byKey.get(trace(i));
      if (writes.get(i).trace() == PendingWrite.Trace.NONE) {
        writes.get(i).failed(unknown);
      } else if (trace != null && trace.getValue().toString(UTF_8).equals(Long.toString(number))) {
        writes.get(i).done(trace.getModRevision(), List.of());
      } else {
        writes.get(i).failed(notDone);
      }
    }
  }

  void failed(Throwable why) {
    writes.forEach(write -> write.failed(why));
  }
}
