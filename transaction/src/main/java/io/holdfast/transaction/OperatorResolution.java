package io.holdfast.transaction;

import io.holdfast.admin.AuditEntry;
import io.holdfast.admin.AuditTrail;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Session;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.PendingTransaction.State;
import io.holdfast.transaction.TransactionInspection.Ending;
import io.holdfast.transaction.TransactionInspection.Seen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One transaction that two operators have end. First what recovery does as well: the epoch of a
 * dead coordinator is closed, in the cluster and where it decides. Only then it is certain how the
 * transaction ends, or that nothing is known; the operators' word is obeyed if it does not
 * contradict that.
 *
 * <p>What contradicts what is known already is refused before anything is written. What is written
 * in the cluster is noted in the audit trail by the same write, and what is written at a decider
 * before that. Each of these writes requires that the proposal is still there.
 */
final class OperatorResolution {

  private static final String ACTION = "transaction.resolve";
  private static final String CLOSE = "transaction.close-epoch";
  private static final String WITHDRAWN =
      "the proposal was withdrawn, or somebody else has decided it meanwhile: look again";

  private final Coordinator coordinator;
  private final Supplier<CompletableFuture<Seen>> look;
  private final Map<String, Participant> participants;
  private final Map<String, DecidingParticipant> deciders;
  private final Map<String, String> addresses;
  private final ProposedResolution proposed;
  private final TransactionId id;
  private final Ending ending;
  private final String reason;

  OperatorResolution(
      Coordinator coordinator,
      Supplier<CompletableFuture<Seen>> look,
      Map<String, Participant> participants,
      Map<String, DecidingParticipant> deciders,
      Map<String, String> addresses,
      ProposedResolution proposed,
      OperatorIdentity by,
      String reason) {
    this.coordinator = coordinator;
    this.look = look;
    this.participants = participants;
    this.deciders = deciders;
    this.addresses = addresses;
    this.proposed = proposed;
    this.id = proposed.transaction();
    this.ending = proposed.ending();
    this.reason =
        "proposed by "
            + proposed.by()
            + (proposed.reason().isEmpty() ? "" : ": " + proposed.reason())
            + "; confirmed by "
            + by
            + (reason.isEmpty() ? "" : ": " + reason);
  }

  /** As {@link TransactionInspection#confirm}. */
  CompletableFuture<List<PreparedBranch>> run() {
    return coordinator
        .session()
        .thenCompose(
            session ->
                look.get()
                    .thenCompose(seen -> closed(session, allowed(found(seen))))
                    .thenCompose(pending -> decided(session, pending))
                    .thenCompose(this::end)
                    .thenCompose(
                        ended ->
                            session
                                .commit(Transaction.EMPTY.delete(proposed.key()))
                                .handle((done, left) -> ended)));
  }

  private PendingTransaction found(Seen seen) {
    return found(seen, id, participants.keySet());
  }

  static PendingTransaction found(Seen seen, TransactionId id, Set<String> places) {
    return seen.find(id)
        .orElseThrow(
            () ->
                new ResolutionRefusedException("no branch of " + id + " is prepared at " + places));
  }

  private PendingTransaction allowed(PendingTransaction pending) {
    unless(pending.refusal(ending).or(() -> proposed.outdated(pending)));
    return pending;
  }

  /** What only the application can end is no reason to refuse any more: something was done. */
  private PendingTransaction stillAllowed(PendingTransaction pending) {
    unless(
        pending
            .contradiction(ending)
            .or(() -> proposed.outdated(pending))
            .map(why -> "its epoch was closed, and now it is known: " + why));
    return pending;
  }

  static void unless(Optional<String> refusal) {
    refusal.ifPresent(
        why -> {
          throw new ResolutionRefusedException(why);
        });
  }

  /** As it is once it is certain that nobody decides any more. */
  private CompletableFuture<PendingTransaction> closed(
      Session session, PendingTransaction pending) {
    if (pending.state() != State.ORPHANED) {
      return CompletableFuture.completedFuture(pending);
    }
    Epoch epoch = Epoch.parse(id.epoch()).orElseThrow();
    Payload note = coordinator.options().owner().since(Instant.now()).encode();
    Transaction.Guard dead = new Transaction.Absent(epoch.presence());
    return noting(CLOSE, closing(epoch, ""), Decisions.closing(epoch, note, List.of(dead)), session)
        .thenCompose(noted -> Decisions.refusable(session, noted))
        .thenCompose(done -> look.get()) // whoever has closed it
        .thenApply(this::found)
        .thenCompose(
            now ->
                id.decider().isPresent() && now.state() == State.ORPHANED
                    ? closedAtDecider(session, epoch, now)
                    : CompletableFuture.completedFuture(now))
        .thenApply(this::stillAllowed);
  }

  private String closing(Epoch epoch, String where) {
    return "epoch " + epoch + where + ", to " + word() + " " + id;
  }

  private String word() {
    return ProposedResolutions.word(ending);
  }

  private CompletableFuture<Transaction> noting(
      String action, String subject, Transaction change, Session session) {
    return new AuditTrail(coordinator)
        .noting(
            AuditEntry.shortened(action, subject, reason),
            change.require(new Transaction.Exists(proposed.key())),
            session);
  }

  /** The epoch is closed in the cluster, so it is not opened at the decider any more. */
  private CompletableFuture<PendingTransaction> closedAtDecider(
      Session session, Epoch epoch, PendingTransaction pending) {
    String name = id.decider().orElseThrow();
    DecidingParticipant decider = Optional.ofNullable(deciders.get(name)).orElseThrow();
    return noting(CLOSE, closing(epoch, " at " + name), Transaction.EMPTY, session)
        .thenCompose(noted -> Decisions.refusable(session, noted))
        .thenCompose(
            done -> {
              unless(done ? Optional.empty() : Optional.of(WITHDRAWN));
              return Decisions.closedAt(decider, id.domain(), epoch);
            })
        .thenApply(
            there -> {
              Decision decision = there.get(id.sequence());
              return pending.as(
                  decision != null && decision.commit() ? State.COMMITTING : State.ABORTING);
            });
  }

  private CompletableFuture<PendingTransaction> decided(
      Session session, PendingTransaction pending) {
    if (pending.state() == State.ORPHANED) {
      throw new ResolutionRefusedException(
          "its epoch is still open: the proposal was withdrawn, or a backup has brought it back");
    }
    return commit(
        session, pending.state() == State.LOST ? decision(pending) : Transaction.EMPTY, pending);
  }

  /** Only if nobody else has decided since, and the epoch has not come back with a backup. */
  private Transaction decision(PendingTransaction pending) {
    Epoch epoch = Epoch.parse(id.epoch()).orElseThrow();
    Map<Integer, String> branches = new HashMap<>();
    pending.prepared().forEach(each -> branches.put(each.branch().index(), each.participant()));
    Decision word =
        ending == Ending.COMMIT
            ? Decision.toCommit(branches)
            : Decision.toAbort("operators have said so");
    return Transaction.EMPTY
        .require(new Transaction.Absent(epoch.openKey()))
        .require(new Transaction.Absent(epoch.decision(id.sequence())))
        .put(epoch.decision(id.sequence()), word.encode());
  }

  private CompletableFuture<PendingTransaction> commit(
      Session session, Transaction change, PendingTransaction pending) {
    return noting(ACTION, word() + " " + id + " at " + places(pending), change, session)
        .thenCompose(noted -> Decisions.refusable(session, noted))
        .thenApply(
            done -> {
              if (!done) {
                throw new ResolutionRefusedException(WITHDRAWN);
              }
              return pending;
            });
  }

  private List<String> places(PendingTransaction pending) {
    return pending.prepared().stream()
        .map(PreparedBranch::participant)
        .distinct()
        .map(name -> addresses.containsKey(name) ? name + " (" + addresses.get(name) + ")" : name)
        .toList();
  }

  private CompletableFuture<List<PreparedBranch>> end(PendingTransaction pending) {
    List<PreparedBranch> toEnd =
        pending.prepared().stream().filter(PreparedBranch::canBeEndedByAnybody).toList();
    Map<String, List<BranchId>> at = new HashMap<>();
    toEnd.forEach(
        each ->
            at.computeIfAbsent(each.participant(), name -> new ArrayList<>()).add(each.branch()));
    List<CompletableFuture<?>> ended = new ArrayList<>();
    at.forEach((name, branches) -> ended.add(end(name, branches)));
    return CompletableFuture.allOf(ended.toArray(CompletableFuture[]::new)).thenApply(all -> toEnd);
  }

  private CompletableFuture<Void> end(String name, List<BranchId> branches) {
    Participant participant = Optional.ofNullable(participants.get(name)).orElseThrow();
    return ForeignCalls.of(
        () -> ending == Ending.COMMIT ? participant.commit(branches) : participant.abort(branches));
  }
}
