package io.holdfast.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The session's presence key, and every write that depends on it.
 *
 * <p>Each write is a Txn that compares the key's mod_revision with {@link #modified}. Nothing but a
 * barrier puts the key, so any number of writes may be under way.
 *
 * <p><b>A lost reply.</b> A write whose reply is lost may have been done, or may still be done
 * later, from a buffer somewhere. Before anything is said about it, a barrier puts the presence key
 * again, under the same comparison, and is repeated until it is answered:
 *
 * <pre>
 *   write, if modified == m     ------------------> ?          (no reply)
 *   barrier, if modified == m   ------------------> m'         (put: modified becomes m')
 *   the write arrives late      ------------------> refused    (modified is m', for good)
 *   look                        ------------------> what is there now stays the truth
 * </pre>
 *
 * <p>After it the write has either been done or never will be. Other writes that fail only because
 * the key has moved on are sent again with m'. Repeating the barrier is harmless: all its copies
 * compare with m, so only one of them is done.
 *
 * <p>Used in the context only.
 */
final class Presence {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final GetOption KEYS_ONLY = GetOption.builder().withKeysOnly(true).build();

  /** What a write came to when it was answered. */
  enum Verdict {
    /** The comparisons held and the writes are done. */
    DONE,
    /** A comparison of the caller's failed, and nothing was written. */
    REFUSED
  }

  /**
   * An answered write.
   *
   * @param ranges the results of the caller's ranges in the branch that was taken
   */
  record Answer(Verdict verdict, long revision, List<List<KeyValue>> ranges) {}

  private final Scope scope;
  private final Runnable onVanished;
  private final ByteSequence key;
  private final ByteSequence value;
  private final long lease;

  /** The key's mod_revision as far as is known; only grows. */
  private long modified;

  /** The barrier under way, if there is one. */
  private @Nullable CompletableFuture<Void> barrier;

  /**
   * @param onVanished told, in the context, when the key is found to be gone or another's; it has
   *     to end the session
   */
  Presence(Scope scope, Lease owned, Runnable onVanished) {
    this.scope = scope;
    this.onVanished = onVanished;
    this.key = owned.key();
    this.value = owned.value();
    this.lease = owned.id();
    this.modified = owned.modified();
  }

  /**
   * A lease with the presence key that lives on it.
   *
   * @param modified the key's mod_revision when it was put
   */
  record Lease(long id, ByteSequence key, ByteSequence value, long modified) {}

  /** True if {@code kv} lives on this session's lease. */
  boolean owns(KeyValue kv) {
    return kv.getLease() == lease;
  }

  /** What makes a put live as long as the session. */
  PutOption leased() {
    return PutOption.builder().withLeaseId(lease).build();
  }

  /**
   * Writes if the session is alive in the cluster and {@code guards} hold.
   *
   * @param then the writes, and ranges that are to see them
   * @param otherwise the ranges to answer with if a guard fails
   * @return completes in the context; fails with {@link UnavailableException} (not done), {@link
   *     SessionLostException} (not done) or, after the barrier, {@link IndeterminateException}
   */
  CompletableFuture<Answer> write(List<Cmp> guards, List<Op> then, List<Op> otherwise) {
    Write write = new Write(guards, then, otherwise);
    attempt(write);
    return write.answer;
  }

  private record Write(
      List<Cmp> guards, List<Op> then, List<Op> otherwise, CompletableFuture<Answer> answer) {
    Write(List<Cmp> guards, List<Op> then, List<Op> otherwise) {
      this(guards, then, otherwise, new CompletableFuture<>());
    }
  }

  private void attempt(Write write) {
    if (scope.life().isLost()) {
      write.answer.completeExceptionally(scope.life().failure());
      return;
    }
    if (barrier != null) {
      barrier.whenComplete((done, failure) -> attempt(write));
      return;
    }
    long guard = modified;
    List<Cmp> guards = new ArrayList<>();
    guards.add(modifiedIs(guard));
    guards.addAll(write.guards);
    List<Op> otherwise = new ArrayList<>();
    otherwise.add(Op.get(key, KEYS_ONLY));
    otherwise.addAll(write.otherwise);
    scope
        .connection()
        .write(guards, write.then, otherwise, scope.requestTimeout())
        .whenComplete(
            (reply, failure) -> {
              if (failure == null) {
                answered(write, guard, reply);
              } else {
                failed(write, guard, failure);
              }
            });
  }

  private Cmp modifiedIs(long revision) {
    return new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(revision));
  }

  private void answered(Write write, long guard, TxnResponse reply) {
    scope.seen().raise(reply.getHeader().getRevision());
    List<List<KeyValue>> ranges =
        reply.getGetResponses().stream().map(range -> range.getKvs()).toList();
    if (reply.isSucceeded()) {
      write.answer.complete(new Answer(Verdict.DONE, reply.getHeader().getRevision(), ranges));
    } else if (!isHere(ranges.get(0))) {
      vanished(write.answer);
    } else if (ranges.get(0).get(0).getModRevision() != guard) {
      modified = Math.max(modified, ranges.get(0).get(0).getModRevision());
      attempt(write);
    } else {
      write.answer.complete(
          new Answer(
              Verdict.REFUSED, reply.getHeader().getRevision(), ranges.subList(1, ranges.size())));
    }
  }

  private void failed(Write write, long guard, Throwable failure) {
    if (failure instanceof IndeterminateException) {
      CompletableFuture<Void> settled =
          modified > guard ? CompletableFuture.completedFuture(null) : raise();
      settled.whenComplete((done, none) -> write.answer.completeExceptionally(failure));
    } else if (failure.getCause() != null && Failures.isLeaseNotFound(failure.getCause())) {
      vanished(write.answer);
    } else {
      write.answer.completeExceptionally(failure);
    }
  }

  private boolean isHere(List<KeyValue> presence) {
    return !presence.isEmpty() && owns(presence.get(0));
  }

  /** Ends the session, and then the write. */
  private void vanished(CompletableFuture<?> waiting) {
    onVanished.run();
    scope
        .life()
        .lost()
        .whenComplete((why, none) -> waiting.completeExceptionally(scope.life().failure()));
  }

  /** Starts the barrier or joins the one under way. Completes when it is through or lost. */
  private CompletableFuture<Void> raise() {
    CompletableFuture<Void> current = barrier;
    if (current == null) {
      current = new CompletableFuture<>();
      barrier = current;
      raise(modified, FIRST_PAUSE);
    }
    return current;
  }

  private void raise(long from, Duration pause) {
    if (scope.life().isLost()) {
      through();
      return;
    }
    scope
        .connection()
        .write(
            List.of(modifiedIs(from)),
            List.of(Op.put(key, value, leased())),
            List.of(Op.get(key, KEYS_ONLY)),
            scope.requestTimeout())
        .whenComplete(
            (reply, failure) -> {
              if (failure != null) {
                scope.after(pause, () -> raise(from, Pauses.next(pause, LONGEST_PAUSE)));
                return;
              }
              scope.seen().raise(reply.getHeader().getRevision());
              if (reply.isSucceeded()) {
                modified = reply.getHeader().getRevision();
              } else {
                List<KeyValue> there = reply.getGetResponses().get(0).getKvs();
                if (isHere(there)) {
                  modified = Math.max(modified, there.get(0).getModRevision());
                } else {
                  onVanished.run();
                }
              }
              through();
            });
  }

  private void through() {
    CompletableFuture<Void> done = barrier;
    barrier = null;
    if (done != null) {
      done.complete(null);
    }
  }
}
