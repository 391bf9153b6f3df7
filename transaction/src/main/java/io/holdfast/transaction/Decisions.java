package io.holdfast.transaction;

import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.ReadAccess;
import io.holdfast.spi.Session;
import io.holdfast.transaction.TwoPhaseCommit.Attempt;
import io.holdfast.transaction.TwoPhaseCommit.Finding;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Writes and finds decisions.
 *
 * <p><b>Why an answer of {@link #find} is final.</b> It first tries to write that the transaction
 * is aborted, under the very conditions of a decision to commit: of the two only one can be
 * written. If it is refused because the epoch is closed, nothing more can be written there, and
 * what is there is read after that. A decision that was there and is not any more was deleted in
 * the write that put a low mark above it; and a closed epoch is forgotten by deleting its {@link
 * Epoch#closedKey} first, before its low mark. So if that is there after the decision was found
 * missing and no mark above it, the decision never was.
 */
final class Decisions {

  private final Coordinator coordinator;
  private final CommitRules rules;

  Decisions(Coordinator coordinator, CommitRules rules) {
    this.coordinator = coordinator;
    this.rules = rules;
  }

  /** Decides to commit, once. Never fails. */
  CompletableFuture<Attempt> decide(
      Session session, Epoch epoch, long sequence, Decision decision) {
    return session
        .commit(rules.decision(epoch, sequence, decision.encode()))
        .handle((done, failure) -> failure == null ? Attempt.DECIDED : attempt(cause(failure)));
  }

  /** A session that was lost may have written before. */
  private static Attempt attempt(Throwable cause) {
    return cause instanceof UnavailableException || cause instanceof AccessRefusedException
        ? Attempt.NOT_DECIDED
        : Attempt.UNKNOWN;
  }

  /**
   * Sees to it that there is a decision or never will be, wherever it is kept.
   *
   * @param decider who keeps it; empty if the cluster does
   * @return fails if that cannot be done now
   */
  CompletableFuture<Finding> find(
      TransactionId id, Optional<DecidingParticipant> decider, String note) {
    if (decider.isEmpty()) {
      return find(Epoch.parse(id.epoch()).orElseThrow(), id.sequence(), note);
    }
    String abort = Decision.toAbort(note).encode().text();
    return ForeignCalls.of(() -> decider.get().decideUnlessDecided(id, abort))
        .thenCompose(
            there ->
                Decision.decode(Payload.utf8(there)).orElseThrow().commit()
                    ? CompletableFuture.completedFuture(Finding.COMMITTED)
                    : abortedUnlessForgotten(coordinator, id));
  }

  /**
   * What was found aborted where decisions are forgotten, and new ones taken in their place: they
   * are forgotten after their epoch, and no sooner.
   */
  static CompletableFuture<Finding> abortedUnlessForgotten(
      Coordinator coordinator, TransactionId id) {
    return coordinator
        .session()
        .thenCompose(session -> abortedUnlessForgotten(session, id.epoch()));
  }

  private static CompletableFuture<Finding> abortedUnlessForgotten(Session session, String epoch) {
    return isThere(session, epoch).thenApply(there -> there ? Finding.ABORTED : Finding.FORGOTTEN);
  }

  /** One goes from open to closed in one step. */
  private static CompletableFuture<Boolean> isThere(Session session, String epoch) {
    return session
        .names(Epoch.OPEN, Consistency.LINEARIZABLE)
        .thenCompose(
            open ->
                session
                    .names(Epoch.CLOSED, Consistency.LINEARIZABLE)
                    .thenApply(closed -> open.contains(epoch) || closed.contains(epoch)));
  }

  /** All of an epoch that are at a participant, which has closed the epoch, by sequence number. */
  static CompletableFuture<Map<Long, Decision>> closedAt(
      DecidingParticipant decider, String domain, Epoch epoch) {
    return ForeignCalls.of(() -> decider.closeEpoch(domain, epoch.name()))
        .thenCompose(closed -> readAt(decider, domain, epoch));
  }

  /** All of an epoch that are at a participant now, by sequence number. */
  static CompletableFuture<Map<Long, Decision>> readAt(
      DecidingParticipant decider, String domain, Epoch epoch) {
    return ForeignCalls.of(() -> decider.decisions(domain, epoch.name()))
        .thenApply(
            texts -> {
              Map<Long, Decision> decisions = new HashMap<>();
              texts.forEach(
                  (sequence, text) ->
                      decisions.put(sequence, Decision.decode(Payload.utf8(text)).orElseThrow()));
              return decisions;
            });
  }

  /**
   * Sees to it that there is a decision in the cluster or never will be.
   *
   * @return fails if that cannot be done now
   */
  CompletableFuture<Finding> find(Epoch epoch, long sequence, String note) {
    return coordinator
        .session()
        .thenCompose(
            session ->
                session
                    .commit(
                        CommitRules.SOUND.decision(
                            epoch, sequence, Decision.toAbort(note).encode()))
                    .handle(
                        (done, failure) -> {
                          if (failure == null) {
                            return unlessForgotten(session, epoch, sequence);
                          }
                          return cause(failure) instanceof GuardFailedException
                              ? read(session, epoch, sequence)
                              : CompletableFuture.<Finding>failedFuture(cause(failure));
                        })
                    .thenCompose(found -> found));
  }

  /** A decision is deleted in the write that puts a low mark above it. */
  private CompletableFuture<Finding> unlessForgotten(Session session, Epoch epoch, long sequence) {
    return lowWaterMark(session, epoch)
        .thenCompose(
            low ->
                low.hasEnded(sequence)
                    ? delete(session, List.of(epoch.decision(sequence)))
                        .thenApply(done -> Finding.FORGOTTEN)
                    : abortedUnlessForgotten(session, epoch.name()));
  }

  /** What an epoch has forgotten. */
  static CompletableFuture<LowWaterMark> lowWaterMark(Session session, Epoch epoch) {
    return session
        .list(Epoch.LOW, Consistency.LINEARIZABLE)
        .thenApply(
            all ->
                all.entries().stream()
                    .filter(entry -> entry.key().equals(epoch.lowKey()))
                    .map(entry -> LowWaterMark.decode(entry.payload()))
                    .findFirst()
                    .orElse(LowWaterMark.NONE));
  }

  private CompletableFuture<Finding> read(Session session, Epoch epoch, long sequence) {
    return of(session, epoch)
        .thenCompose(
            decisions -> {
              Decision there = decisions.get(sequence);
              if (there != null) {
                return CompletableFuture.completedFuture(
                    there.commit() ? Finding.COMMITTED : Finding.ABORTED);
              }
              return missing(session, epoch, sequence);
            });
  }

  /** It may have been what refused ours, and have been deleted since then. */
  private static CompletableFuture<Finding> missing(Session session, Epoch epoch, long sequence) {
    return lowWaterMark(session, epoch)
        .thenCompose(
            low ->
                session
                    .names(Epoch.CLOSED, Consistency.LINEARIZABLE)
                    .thenApply(
                        closed ->
                            closed.contains(epoch.name()) && !low.hasEnded(sequence)
                                ? Finding.ABORTED
                                : Finding.FORGOTTEN));
  }

  /** All of an epoch that are there now, by sequence number. */
  static CompletableFuture<Map<Long, Decision>> of(ReadAccess reading, Epoch epoch) {
    return reading
        .list(epoch.decisions(), Consistency.LINEARIZABLE)
        .thenApply(
            snapshot -> {
              Map<Long, Decision> decisions = new HashMap<>();
              for (Entry entry : snapshot.entries()) {
                if (entry.key().name().matches("[0-9]{1,18}")) {
                  decisions.put(Long.parseLong(entry.key().name()), decoded(entry));
                }
              }
              return decisions;
            });
  }

  /** One that cannot be read must never count as absent. */
  private static Decision decoded(Entry entry) {
    Optional<Decision> decision = Decision.decode(entry.payload());
    return decision.orElseThrow(
        () ->
            new IllegalStateException(
                entry.key() + " is of a later version: let that version resolve it"));
  }

  /**
   * Closes an epoch: what it has not decided by then it never will.
   *
   * @param more what else must hold
   * @return whether it was done now; false if something did not hold. Fails if that is not known
   */
  static CompletableFuture<Boolean> close(
      Session session, Epoch epoch, Payload payload, List<Transaction.Guard> more) {
    return refusable(session, closing(epoch, payload, more));
  }

  /** What {@link #close} writes. */
  static Transaction closing(Epoch epoch, Payload payload, List<Transaction.Guard> more) {
    Transaction closing =
        Transaction.EMPTY
            .require(new Transaction.Exists(epoch.openKey()))
            .delete(epoch.openKey())
            .put(epoch.closedKey(), payload);
    for (Transaction.Guard guard : more) {
      closing = closing.require(guard);
    }
    return closing;
  }

  /** Commits a transaction. @return false if a guard did not hold */
  static CompletableFuture<Boolean> refusable(Session session, Transaction transaction) {
    return session
        .commit(transaction)
        .handle(
            (done, failure) -> {
              if (failure == null) {
                return true;
              }
              if (cause(failure) instanceof GuardFailedException) {
                return false;
              }
              throw new CompletionException(cause(failure));
            });
  }

  /** Deletes keys, some at a time. */
  static CompletableFuture<Void> delete(Session session, List<Key> keys) {
    if (keys.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    int some = Math.min(keys.size(), MOST_AT_ONCE);
    Transaction deletion = Transaction.EMPTY;
    for (Key key : keys.subList(0, some)) {
      deletion = deletion.delete(key);
    }
    return session
        .commit(deletion)
        .thenCompose(done -> delete(session, keys.subList(some, keys.size())));
  }

  /** So that a transaction stays within what every store takes. */
  static final int MOST_AT_ONCE = 32;

  static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
