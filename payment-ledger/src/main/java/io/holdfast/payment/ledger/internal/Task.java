package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Deadline;
import io.holdfast.payment.ledger.ExpiredException;
import io.holdfast.payment.ledger.Trace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One thing to be done in one shard, and who waits for it. A lane does many of them in one local
 * transaction.
 *
 * @param <T> what it comes to
 */
abstract class Task<T> {

  private final int shard;
  private final CompletableFuture<T> done = new CompletableFuture<>();

  /** What it comes to when the batch is committed. */
  private @Nullable T result;

  private @Nullable RuntimeException failure;

  /** When it came, and when its batch began; 0 before that. */
  private final long cameNanos = System.nanoTime();

  private volatile long beganNanos;

  private volatile boolean expired;

  Task(int shard) {
    this.shard = shard;
  }

  /**
   * What is to be read, all in one message.
   *
   * @param branches branches to end
   * @param transactions of which has to be known whether this shard's part is booked
   */
  record Wanted(
      List<OperationKey> operations,
      List<String> accounts,
      List<String> documents,
      List<String> holds,
      List<String> branches,
      List<String> transactions) {

    /** Without transactions. */
    Wanted(
        List<OperationKey> operations,
        List<String> accounts,
        List<String> documents,
        List<String> holds,
        List<String> branches) {
      this(operations, accounts, documents, holds, branches, List.of());
    }
  }

  final int shard() {
    return shard;
  }

  /** Completes when it is committed, or certainly not; fails accordingly. */
  final CompletableFuture<T> done() {
    return done;
  }

  abstract Wanted wanted();

  /**
   * Which accounts it is likely to concern in other shards, by shard. Where such a shard can be
   * changed with its own, the batch has it as well, see {@link ShardBooks#beside}.
   */
  Map<Integer, Set<String>> elsewhere() {
    return Map.of();
  }

  /** The only database where it may be done; empty if it may be done wherever the shard is. */
  Optional<String> database() {
    return Optional.empty();
  }

  /** By when it has to be begun. None where others wait for it, or a part of it is done. */
  Deadline deadline() {
    return Deadline.NONE;
  }

  /** Whether it is too late to begin it, and so it has failed. */
  final boolean expires() {
    expired = deadline().hasPassed();
    if (expired) {
      fail(new ExpiredException());
    }
    return expired;
  }

  /** Whether it ends a branch as was decided. */
  boolean endsBranch() {
    return false;
  }

  /**
   * Changes the books and says what that comes to. What it throws fails this task alone, and must
   * be thrown before the books are changed.
   */
  abstract T apply(ShardBooks books, Moment moment);

  /** Its batch begins. */
  final void begun() {
    beganNanos = System.nanoTime();
  }

  /** Tells how long it waited, and how long its batch took. It is done. */
  final void tell(Trace trace) {
    long began = beganNanos;
    if (began != 0) {
      trace.over("wait", shard, cameNanos, began);
      if (!expired) {
        trace.over("commit", shard, began, System.nanoTime());
      }
    }
  }

  /** Once for every attempt to commit. */
  final void run(ShardBooks books, Moment moment) {
    result = null;
    failure = null;
    try {
      result = apply(books, moment);
    } catch (UncheckedSqlException e) {
      throw e;
    } catch (RuntimeException e) {
      failure = e;
    } catch (Throwable e) {
      // Of a plan that is not ours: it must not take the lane with it, and so the other shards.
      failure = new IllegalStateException("a request failed by a fault of this program: " + e, e);
    }
  }

  final void committed() {
    if (failure != null) {
      done.completeExceptionally(failure);
    } else {
      done.complete(result);
    }
  }

  final void fail(Throwable why) {
    done.completeExceptionally(why);
  }
}
