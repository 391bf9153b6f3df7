package io.holdfast.transaction;

import io.holdfast.coordination.Generation;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the branches that others have left at one participant.
 *
 * <p>The order matters: first the branches are listed, then the open epochs, then the decisions. So
 * a branch that is looked at belongs to an epoch that was opened before; if that is not open now it
 * never decides again, and what is read of its decisions after that is all there will be.
 *
 * <p>In this process's own epoch it is known what is under way: a branch of anything else there is
 * of a transaction that has ended, prepared by a request that came late. Used in the context only.
 */
final class BranchRecovery {

  private static final Logger LOG = LoggerFactory.getLogger(BranchRecovery.class);

  private final Participant participant;
  private final Map<String, DecidingParticipant> deciders;
  private final Context context;
  private final Epochs epochs;
  private final Decisions decisions;
  private final VoterRecovery voters;
  private final CommitRules rules;
  private final Consumer<Supplier<TransactionEvent>> events;

  /** Told of already. */
  private final Set<BranchId> leftToOperators = new HashSet<>();

  /** What is prepared there, with when that was seen first. */
  private Map<BranchId, Long> seen = Map.of();

  private boolean busy;

  /** The latest round that was finished, and the epochs of which it left branches. */
  private long finishedRound;

  private Set<String> left = Set.of();

  BranchRecovery(
      Participant participant,
      Map<String, DecidingParticipant> deciders,
      Context context,
      Epochs epochs,
      Decisions decisions,
      VoterRecovery voters,
      CommitRules rules,
      Consumer<Supplier<TransactionEvent>> events) {
    this.participant = participant;
    this.deciders = deciders;
    this.context = context;
    this.epochs = epochs;
    this.decisions = decisions;
    this.voters = voters;
    this.rules = rules;
    this.events = events;
  }

  /** If a round that began after {@code since} has found or left nothing of an epoch there. */
  boolean hasSettled(String name, Epoch epoch, long since) {
    return participant.name().equals(name) && hasSettled(epoch, since);
  }

  /** The same, of this participant. */
  boolean hasSettled(Epoch epoch, long since) {
    return finishedRound > since && !left.contains(epoch.name());
  }

  /** Never fails. Does nothing while another is under way, which a participant may hold up. */
  CompletableFuture<Void> round(Session session, String domain, Generation generation, long round) {
    if (busy) {
      return CompletableFuture.completedFuture(null);
    }
    busy = true;
    CompletableFuture<Void> over = new CompletableFuture<>();
    listed(domain)
        .whenComplete(
            (branches, unreachable) ->
                context.execute(
                    () -> {
                      CompletableFuture<Set<String>> settled =
                          branches == null
                              ? CompletableFuture.failedFuture(unreachable)
                              : settle(session, generation, noted(branches));
                      settled.whenComplete(
                          (leftOver, failure) ->
                              context.execute(
                                  () -> {
                                    busy = false;
                                    ended(round, leftOver, failure);
                                    over.complete(null);
                                  }));
                    }));
    return over;
  }

  private CompletableFuture<List<BranchId>> listed(String domain) {
    return ForeignCalls.of(() -> participant.inDoubt(domain));
  }

  private List<BranchId> noted(List<BranchId> branches) {
    long now = context.nanoTime();
    Map<BranchId, Long> before = seen;
    Map<BranchId, Long> there = new HashMap<>();
    branches.forEach(branch -> there.put(branch, before.getOrDefault(branch, now)));
    seen = there;
    long oldest = there.values().stream().mapToLong(since -> now - since).max().orElse(0);
    events.accept(
        () ->
            new TransactionEvent.InDoubt(
                participant.name(), there.size(), Duration.ofNanos(oldest)));
    return branches;
  }

  private void ended(long round, Set<String> leftOver, Throwable failure) {
    if (failure == null) {
      finishedRound = round;
      left = leftOver;
    } else {
      LOG.debug("{} is not settled yet: {}", participant.name(), failure.toString());
    }
  }

  /** Completes with the epochs of which branches are left. */
  private CompletableFuture<Set<String>> settle(
      Session session, Generation generation, List<BranchId> branches) {
    voters.listed(branches);
    Map<String, List<BranchId>> byEpoch = new HashMap<>();
    branches.forEach(
        branch ->
            byEpoch
                .computeIfAbsent(branch.transaction().epoch(), name -> new ArrayList<>())
                .add(branch));
    if (byEpoch.isEmpty()) {
      return CompletableFuture.completedFuture(Set.of());
    }
    return session
        .names(Epoch.OPEN, Consistency.LINEARIZABLE)
        .thenCompose(open -> settle(session, generation, byEpoch, open));
  }

  private CompletableFuture<Set<String>> settle(
      Session session,
      Generation generation,
      Map<String, List<BranchId>> byEpoch,
      List<String> open) {
    Set<String> leftOver = new HashSet<>();
    List<CompletableFuture<?>> settled = new ArrayList<>();
    byEpoch.forEach(
        (name, branches) -> {
          Optional<Epoch> epoch = Epoch.parse(name);
          CompletableFuture<Boolean> all =
              epoch.isEmpty()
                  ? CompletableFuture.completedFuture(false)
                  : settleAll(session, generation, epoch.get(), branches, open.contains(name));
          settled.add(
              all.handle((every, failure) -> (failure == null && every) || leftOver.add(name)));
        });
    return CompletableFuture.allOf(settled.toArray(CompletableFuture[]::new))
        .thenApply(done -> leftOver);
  }

  /** Completes with whether none of them is left, wherever their decisions are kept. */
  private CompletableFuture<Boolean> settleAll(
      Session session, Generation generation, Epoch epoch, List<BranchId> branches, boolean open) {
    List<BranchId> together = new ArrayList<>();
    List<BranchId> others = new ArrayList<>();
    branches.forEach(
        branch -> (Voters.of(branch.transaction()).isPresent() ? together : others).add(branch));
    return voters
        .settle(epoch, together, open)
        .thenCombine(
            others.isEmpty()
                ? CompletableFuture.completedFuture(true)
                : settle(session, generation, epoch, others, open),
            (one, other) -> one && other);
  }

  /** Completes with whether none of them is left. */
  private CompletableFuture<Boolean> settle(
      Session session, Generation generation, Epoch epoch, List<BranchId> branches, boolean open) {
    Optional<OpenEpoch> own =
        epochs.own().stream().filter(each -> each.epoch().equals(epoch)).findFirst();
    if (open && own.isPresent()) {
      return end(
              branches.stream()
                  .filter(branch -> !own.get().isActive(branch.transaction().sequence()))
                  .toList(),
              false)
          .thenApply(done -> false);
    }
    if (open && participant instanceof OwnedParticipant owned) {
      return new OwnerRecovery(owned, deciders, decisions)
          .settle(session, epoch, branches)
          .thenApply(done -> false);
    }
    if (!rules.maySettle(open)) {
      return CompletableFuture.completedFuture(false);
    }
    return settleByDecider(session, generation, epoch, branches);
  }

  /** Asks for each decision where it is kept: the cluster or a participant. */
  private CompletableFuture<Boolean> settleByDecider(
      Session session, Generation generation, Epoch epoch, List<BranchId> branches) {
    Map<Optional<String>, List<BranchId>> byDecider = new HashMap<>();
    branches.forEach(
        branch ->
            byDecider
                .computeIfAbsent(branch.transaction().decider(), name -> new ArrayList<>())
                .add(branch));
    CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
    for (Map.Entry<Optional<String>, List<BranchId>> some : byDecider.entrySet()) {
      boolean presumes = rules.presumesAbort(epoch, generation.number());
      CompletableFuture<Boolean> settled =
          some.getKey()
              .map(decider -> settleAt(decider, epoch, some.getValue()))
              .orElseGet(
                  () ->
                      Decisions.of(session, epoch)
                          .thenCompose(there -> settle(presumes, some.getValue(), there)));
      all = all.thenCombine(settled, (one, other) -> one && other);
    }
    return all;
  }

  /**
   * What a participant says that has closed the epoch is final, whatever becomes of the cluster.
   */
  private CompletableFuture<Boolean> settleAt(
      String decider, Epoch epoch, List<BranchId> branches) {
    DecidingParticipant known = deciders.get(decider);
    if (known == null) {
      return CompletableFuture.completedFuture(false);
    }
    String domain = branches.get(0).transaction().domain();
    return (rules.closesAtDecider()
            ? Decisions.closedAt(known, domain, epoch)
            : Decisions.readAt(known, domain, epoch))
        .thenCompose(there -> settle(true, branches, there));
  }

  private CompletableFuture<Boolean> settle(
      boolean presumesAbort, List<BranchId> branches, Map<Long, Decision> decided) {
    List<BranchId> toCommit = new ArrayList<>();
    List<BranchId> toAbort = new ArrayList<>();
    List<BranchId> unknown = new ArrayList<>();
    for (BranchId branch : branches) {
      Decision decision = decided.get(branch.transaction().sequence());
      if (decision == null && !presumesAbort) {
        unknown.add(branch);
      } else if (decision == null ? rules.commitsUndecided() : decision.commit()) {
        toCommit.add(branch);
      } else {
        toAbort.add(branch);
      }
    }
    unknown.stream().filter(leftToOperators::add).forEach(this::leaveToOperators);
    return end(toCommit, true).thenCombine(end(toAbort, false), (one, other) -> unknown.isEmpty());
  }

  private void leaveToOperators(BranchId branch) {
    LOG.warn(
        "{} is prepared at {} since before the generation was raised, and no decision on it is"
            + " known: an operator has to say how it ends",
        branch,
        participant.name());
  }

  private CompletableFuture<Void> end(List<BranchId> branches, boolean commit) {
    if (branches.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    boolean ours = !(participant instanceof OwnedParticipant owned) || owned.isOwnedHere();
    return ForeignCalls.<Void>of(
            () -> commit ? participant.commit(branches) : participant.abort(branches))
        .thenRun(
            () -> {
              if (!ours) {
                return;
              }
              int count = branches.size();
              LOG.info(
                  "{}: {} {} that {} left",
                  participant.name(),
                  commit ? "committed" : "aborted",
                  count,
                  count == 1 ? "was" : "were");
              events.accept(
                  () ->
                      new TransactionEvent.Recovered(
                          participant.name(), commit ? count : 0, commit ? 0 : count));
            });
  }
}
