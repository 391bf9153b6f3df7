package io.holdfast.transaction;

import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Session;
import io.holdfast.transaction.CommitAttempt.Trace;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** An epoch of this process, with what is under way in it. Used in the context only. */
final class OpenEpoch {

  private final Epoch epoch;
  private final String domain;
  private final Session session;
  private final DecisionPruner forgetting;

  /** Begun and not ended, by sequence number. */
  private final TreeSet<Long> active = new TreeSet<>();

  /** The participants that it may decide at, or soon. */
  private final Map<String, CompletableFuture<Void>> openAt = new HashMap<>();

  /** Participants that decide together, and the latest write that says so. */
  private final TreeSet<String> announced = new TreeSet<>();

  private CompletableFuture<Void> announcement = CompletableFuture.completedFuture(null);

  private long last;
  private boolean retired;

  OpenEpoch(Epoch epoch, String domain, Session session, Context context) {
    this.epoch = epoch;
    this.domain = domain;
    this.session = session;
    this.forgetting = new DecisionPruner(context, this);
  }

  Epoch epoch() {
    return epoch;
  }

  Session session() {
    return session;
  }

  /** A name that was never given before; active until {@link #end}. */
  TransactionId begin(Optional<String> decider) {
    active.add(++last);
    return new TransactionId(domain, epoch.name(), last, decider);
  }

  /**
   * Has the store know participants that decide together: the epoch is not forgotten before all of
   * them have been settled. In the place of a decision that no transaction has the number of.
   *
   * @return fails if the store does not know them yet; then it is tried again
   */
  CompletableFuture<Void> announce(List<String> names) {
    if (announced.containsAll(names) && !announcement.isCompletedExceptionally()) {
      return announcement;
    }
    announced.addAll(names);
    Map<Integer, String> all = new LinkedHashMap<>();
    announced.forEach(name -> all.put(all.size(), name));
    Transaction announcing =
        Transaction.EMPTY
            .require(new Transaction.Exists(epoch.openKey()))
            .put(epoch.decision(Epoch.ANNOUNCEMENT), Decision.toCommit(all).encode());
    announcement =
        announcement
            .handle((before, failure) -> true)
            .thenCompose(next -> session.commit(announcing))
            .thenAccept(done -> {});
    return announcement;
  }

  /**
   * Lets the epoch decide at a participant. Opens it there first, and then checks once more that it
   * is open in the cluster. A process that closes it does so in the cluster first and at the
   * participant afterwards, so one of the two notices the other.
   *
   * @return fails if it is closed, or that cannot be found out; then it is tried again
   */
  CompletableFuture<Void> openAt(DecidingParticipant decider) {
    CompletableFuture<Void> known = openAt.get(decider.name());
    if (known != null && !known.isCompletedExceptionally()) {
      return known;
    }
    CompletableFuture<Void> opened =
        decider
            .openEpoch(domain, epoch.name())
            .toCompletableFuture()
            .thenCompose(there -> session.names(Epoch.OPEN, Consistency.LINEARIZABLE))
            .thenAccept(
                open -> {
                  if (!open.contains(epoch.name())) {
                    throw new IllegalStateException("epoch " + epoch + " is closed");
                  }
                });
    openAt.put(decider.name(), opened);
    return opened;
  }

  /**
   * All branches have ended.
   *
   * @param trace what there is to forget
   */
  void end(TransactionId id, Trace trace) {
    active.remove(id.sequence());
    if (trace != Trace.NONE && id.decider().isEmpty()) {
      forgetting.add(id.sequence());
    }
  }

  /** Decisions that were found there: of transactions that have ended, nobody needs them. */
  void found(List<Long> sequences) {
    sequences.stream()
        .filter(
            sequence ->
                sequence != Epoch.ANNOUNCEMENT && sequence <= last && !active.contains(sequence))
        .forEach(forgetting::add);
  }

  /** Has the store know how far it has come. */
  void mark() {
    forgetting.mark();
  }

  boolean isActive(long sequence) {
    return active.contains(sequence);
  }

  NavigableSet<Long> active() {
    return active;
  }

  /** The number given last. */
  long last() {
    return last;
  }

  /** Nothing more begins in it. */
  void retire() {
    retired = true;
  }

  /** False once it certainly decides nothing any more. */
  boolean mayDecide() {
    return session.state() != SessionState.LOST;
  }

  boolean takesMore() {
    return !retired && mayDecide();
  }
}
