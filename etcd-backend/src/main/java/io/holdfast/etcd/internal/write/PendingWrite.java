package io.holdfast.etcd.internal.write;

import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.Op;
import io.holdfast.coordination.Key;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * One write that somebody waits for.
 *
 * @param guards what must hold, besides that the session is alive in the cluster
 * @param then the writes, and ranges that are to see them
 * @param bytes roughly what it takes in a request
 * @param trace whether to find out, after a lost reply, what became of it
 * @param apart queues of which no other write of the same batch may name one: places that share a
 *     revision would have no order
 * @param answer completes in the context; fails with {@link
 *     io.holdfast.coordination.UnavailableException} or {@link
 *     io.holdfast.coordination.SessionLostException} (not done), or, without a trace, with {@link
 *     io.holdfast.coordination.IndeterminateException} (either done by now or never)
 */
public record PendingWrite(
    List<Cmp> guards,
    List<Op> then,
    int bytes,
    Trace trace,
    Set<Key> apart,
    CompletableFuture<Answer> answer) {

  /** Whether a write can be told to have been done by what it left behind. */
  public enum Trace {
    /** The caller finds its own traces, or needs none. */
    NONE,
    /** A key is put along with it. */
    KEY
  }

  /** What a write came to. */
  public enum Verdict {
    /** The guards held and the writes are done. */
    DONE,
    /** A guard failed, and nothing was written. */
    REFUSED
  }

  /**
   * An answered write.
   *
   * @param revision of the write, or of the look if a guard failed
   * @param ranges the results of the ranges that were asked for; empty if only a trace was found,
   *     or nothing was written
   */
  public record Answer(Verdict verdict, long revision, List<GetResponse> ranges) {}

  /** A write that nobody has sent yet. */
  public static PendingWrite of(List<Cmp> guards, List<Op> then, int bytes, Trace trace) {
    return new PendingWrite(guards, then, bytes, trace, Set.of(), new CompletableFuture<>());
  }

  /** The same, kept apart from others that name one of these queues. */
  public PendingWrite apartIn(Set<Key> queues) {
    return new PendingWrite(guards, then, bytes, trace, Set.copyOf(queues), answer);
  }

  /** As etcd counts operations: the longer of the two lists, a trace, and one inside another. */
  int operations() {
    return Math.max(guards.size(), then.size()) + 2;
  }

  void done(long revision, List<GetResponse> ranges) {
    answer.complete(new Answer(Verdict.DONE, revision, ranges));
  }

  void refused(long revision) {
    answer.complete(new Answer(Verdict.REFUSED, revision, List.of()));
  }

  void failed(Throwable why) {
    answer.completeExceptionally(why);
  }
}
