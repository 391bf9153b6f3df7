package io.holdfast.transaction;

import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.PendingTransaction.PreparedBranch.Form;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** What participants and lists have said of branches that wait, as it comes in. */
final class WaitingBranches {

  /** Both guarded by this. */
  private final Map<TransactionId, List<PreparedBranch>> byTransaction = new HashMap<>();

  private final Map<String, String> unreachable = new TreeMap<>();

  /** Asks all of them. Never fails. */
  static CompletableFuture<WaitingBranches> ask(
      Collection<Participant> participants, Collection<BranchList> lists, String domain) {
    WaitingBranches all = new WaitingBranches();
    List<CompletableFuture<?>> asked = new ArrayList<>();
    participants.forEach(each -> asked.add(all.noted(each.name(), prepared(each, domain))));
    lists.forEach(
        each -> asked.add(all.noted(each.name(), ForeignCalls.of(() -> each.waiting(domain)))));
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(done -> all);
  }

  /** Without ages if only they cannot be had. */
  private static CompletableFuture<List<PreparedBranch>> prepared(
      Participant participant, String domain) {
    return ForeignCalls.of(() -> participant.inDoubt(domain))
        .thenCombine(
            ForeignCalls.of(() -> participant.ages(domain)).exceptionally(notTold -> Map.of()),
            (branches, ages) ->
                branches.stream().map(branch -> prepared(participant, branch, ages)).toList());
  }

  private static PreparedBranch prepared(
      Participant participant, BranchId branch, Map<BranchId, Duration> ages) {
    return new PreparedBranch(
        participant.name(), branch, Form.PREPARED, Optional.ofNullable(ages.get(branch)));
  }

  private CompletableFuture<WaitingBranches> noted(
      String name, CompletableFuture<List<PreparedBranch>> found) {
    return found.handle(
        (branches, failure) -> {
          if (failure == null) {
            add(branches);
          } else {
            unreachable(name, failure);
          }
          return this;
        });
  }

  private synchronized void add(List<PreparedBranch> found) {
    for (PreparedBranch each : found) {
      byTransaction.computeIfAbsent(each.branch().transaction(), id -> new ArrayList<>()).add(each);
    }
  }

  private synchronized void unreachable(String name, Throwable why) {
    unreachable.put(name, String.valueOf(Decisions.cause(why).getMessage()));
  }

  synchronized Map<TransactionId, List<PreparedBranch>> byTransaction() {
    return Map.copyOf(byTransaction);
  }

  /** Those that could not be asked, with why. */
  synchronized Map<String, String> unreachable() {
    return Map.copyOf(unreachable);
  }
}
