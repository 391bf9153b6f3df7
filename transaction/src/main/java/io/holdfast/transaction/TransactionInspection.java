package io.holdfast.transaction;

import static io.holdfast.transaction.PendingTransaction.State.ABORTING;
import static io.holdfast.transaction.PendingTransaction.State.COMMITTING;
import static io.holdfast.transaction.PendingTransaction.State.DECIDED_ELSEWHERE;
import static io.holdfast.transaction.PendingTransaction.State.LOST;
import static io.holdfast.transaction.PendingTransaction.State.ORPHANED;
import static io.holdfast.transaction.PendingTransaction.State.RUNNING;
import static io.holdfast.transaction.PendingTransaction.State.UNREADABLE;

import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Entry;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.Generations;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.ReadAccess;
import io.holdfast.coordination.Snapshot;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.PendingTransaction.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shows operators which transactions are not settled, and lets them help.
 *
 * <p>{@link #look} reads only, and needs no session: it works with {@link
 * Coordinator#connectToRead}. It reads in the order of those who recover: the branches, then the
 * epochs that are open, then the decisions. So what it calls {@code COMMITTING}, {@code ABORTING}
 * or {@code LOST} cannot become anything else; {@code RUNNING} and {@code ORPHANED} can.
 *
 * <p>Nothing here blocks. Thread-safe.
 */
public final class TransactionInspection {

  private static final Key SESSIONS = Key.of("sessions");

  private final Coordinator coordinator;
  private final Map<String, Participant> named = new LinkedHashMap<>();
  private final Map<String, DecidingParticipant> deciders = new HashMap<>();

  /**
   * What was seen.
   *
   * @param transactions with a prepared branch at a participant that was asked, sorted by name
   * @param epochs all there are, sorted by name
   * @param unreachable the participants that could not be asked, with why
   */
  public record Seen(
      List<PendingTransaction> transactions,
      List<CoordinatorEpoch> epochs,
      Map<String, String> unreachable) {

    public Seen {
      transactions = List.copyOf(transactions);
      epochs = List.copyOf(epochs);
      unreachable = Map.copyOf(unreachable);
    }

    /** One of the transactions. */
    public Optional<PendingTransaction> find(TransactionId id) {
      return transactions.stream().filter(each -> each.id().equals(id)).findFirst();
    }
  }

  /**
   * Of the namespace of {@code coordinator}, at these participants.
   *
   * @throws IllegalArgumentException if two have one name
   */
  public TransactionInspection(Coordinator coordinator, List<? extends Participant> participants) {
    this.coordinator = coordinator;
    for (Participant each : participants) {
      if (named.put(each.name(), each) != null) {
        throw new IllegalArgumentException("two participants are called " + each.name());
      }
      if (each instanceof DecidingParticipant decider) {
        deciders.put(each.name(), decider);
      }
    }
  }

  /**
   * Looks.
   *
   * @return fails with a {@link io.holdfast.coordination.CoordinationException} if the cluster
   *     cannot be read; a participant that does not answer is told of in what is seen
   */
  public CompletableFuture<Seen> look() {
    return coordinator
        .reading()
        .thenCompose(
            reading ->
                reading
                    .list(Epochs.DOMAIN, Consistency.LINEARIZABLE)
                    .thenCompose(
                        there ->
                            branches(domain(there))
                                .thenCompose(branches -> look(reading, branches))));
  }

  private static Optional<String> domain(Snapshot there) {
    return there.entries().stream().findFirst().map(entry -> entry.payload().text());
  }

  /** What the participants have said, as it comes in. */
  private static final class Branches {
    /** Both guarded by this. */
    private final Map<TransactionId, List<PreparedBranch>> prepared = new HashMap<>();

    private final Map<String, String> unreachable = new TreeMap<>();

    synchronized void add(String participant, List<BranchId> found) {
      for (BranchId branch : found) {
        prepared
            .computeIfAbsent(branch.transaction(), id -> new ArrayList<>())
            .add(new PreparedBranch(participant, branch));
      }
    }

    synchronized void unreachable(String participant, Throwable why) {
      unreachable.put(participant, String.valueOf(Decisions.cause(why).getMessage()));
    }

    synchronized Map<TransactionId, List<PreparedBranch>> prepared() {
      return Map.copyOf(prepared);
    }
  }

  private CompletableFuture<Branches> branches(Optional<String> domain) {
    Branches branches = new Branches();
    List<CompletableFuture<?>> asked = new ArrayList<>();
    for (Participant each : domain.isEmpty() ? List.<Participant>of() : named.values()) {
      asked.add(
          Calls.of(() -> each.inDoubt(domain.get()))
              .handle(
                  (found, failure) -> {
                    if (failure == null) {
                      branches.add(each.name(), found);
                    } else {
                      branches.unreachable(each.name(), failure);
                    }
                    return branches;
                  }));
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(all -> branches);
  }

  /** What stands in the cluster, read after the branches. */
  private record Cluster(
      Generation generation,
      Map<String, Entry> open,
      Set<String> sessions,
      Map<String, Entry> closed) {

    Optional<Owner> coordinator(String epoch) {
      return Stream.of(open.get(epoch), closed.get(epoch))
          .flatMap(Stream::ofNullable)
          .findFirst()
          .flatMap(entry -> Owner.decode(entry.payload()));
    }

    boolean isOrphaned(String name) {
      return Epoch.parse(name).map(epoch -> !sessions.contains(epoch.session())).orElse(false);
    }
  }

  private CompletableFuture<Seen> look(ReadAccess reading, Branches branches) {
    return new Generations(coordinator)
        .current()
        .thenCompose(
            generation ->
                byName(reading, Epoch.OPEN)
                    .thenCompose(
                        open ->
                            reading
                                .names(SESSIONS, Consistency.LINEARIZABLE)
                                .thenCombine(
                                    byName(reading, Epoch.CLOSED),
                                    (sessions, closed) ->
                                        new Cluster(
                                            generation, open, Set.copyOf(sessions), closed))))
        .thenCompose(cluster -> look(reading, cluster, branches));
  }

  private static CompletableFuture<Map<String, Entry>> byName(ReadAccess reading, Key directory) {
    return reading
        .list(directory, Consistency.LINEARIZABLE)
        .thenApply(
            there -> {
              Map<String, Entry> found = new TreeMap<>();
              there.entries().forEach(entry -> found.put(entry.key().name(), entry));
              return found;
            });
  }

  private CompletableFuture<Seen> look(ReadAccess reading, Cluster cluster, Branches branches) {
    List<CompletableFuture<PendingTransaction>> pending = new ArrayList<>();
    branches
        .prepared()
        .forEach((id, prepared) -> pending.add(pending(reading, cluster, id, prepared)));
    CompletableFuture<List<CoordinatorEpoch>> epochs = epochs(reading, cluster);
    return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
        .thenCombine(
            epochs,
            (all, listed) ->
                new Seen(
                    pending.stream()
                        .map(CompletableFuture::join)
                        .sorted(Comparator.comparing(each -> each.id().toString()))
                        .toList(),
                    listed,
                    branches.unreachable));
  }

  private CompletableFuture<List<CoordinatorEpoch>> epochs(ReadAccess reading, Cluster cluster) {
    return reading
        .names(Epoch.DECISIONS, Consistency.LINEARIZABLE)
        .thenCompose(
            decided -> {
              Set<String> names = new TreeSet<>(cluster.open.keySet());
              names.addAll(cluster.closed.keySet());
              names.addAll(decided);
              CompletableFuture<List<CoordinatorEpoch>> all =
                  CompletableFuture.completedFuture(new ArrayList<>());
              for (String name : names) {
                all =
                    all.thenCombine(
                        reading.names(Epoch.DECISIONS.child(name), Consistency.LINEARIZABLE),
                        (listed, decisions) -> {
                          if (cluster.open.containsKey(name)
                              || cluster.closed.containsKey(name)
                              || !decisions.isEmpty()) {
                            int announced = decisions.contains("" + Epoch.ANNOUNCEMENT) ? 1 : 0;
                            listed.add(epoch(name, cluster, decisions.size() - announced));
                          }
                          return listed;
                        });
              }
              return all;
            });
  }

  private static CoordinatorEpoch epoch(String name, Cluster cluster, int decisions) {
    CoordinatorEpoch.State state = CoordinatorEpoch.State.CLOSED;
    if (cluster.open.containsKey(name)) {
      state =
          cluster.isOrphaned(name) ? CoordinatorEpoch.State.ORPHANED : CoordinatorEpoch.State.OPEN;
    }
    return new CoordinatorEpoch(name, state, cluster.coordinator(name), decisions);
  }

  private CompletableFuture<PendingTransaction> pending(
      ReadAccess reading, Cluster cluster, TransactionId id, List<PreparedBranch> prepared) {
    Optional<Epoch> epoch = Epoch.parse(id.epoch());
    Pending pending = new Pending(cluster, id, prepared);
    if (epoch.isEmpty()) {
      return CompletableFuture.completedFuture(
          pending.is(UNREADABLE, "not an epoch that this version knows"));
    }
    boolean open = cluster.open.containsKey(id.epoch());
    if (id.decider().isPresent() && !deciders.containsKey(id.decider().get())) {
      return CompletableFuture.completedFuture(
          pending.is(
              open && !cluster.isOrphaned(id.epoch()) ? RUNNING : DECIDED_ELSEWHERE,
              Voters.of(id)
                  .map(all -> "its branches decide together: " + all.participants())
                  .orElse("participant " + id.decider().get() + " keeps the decision")));
    }
    return id.decider()
        .map(deciders::get)
        .map(decider -> Decisions.readAt(decider, id.domain(), epoch.get()))
        .orElseGet(() -> Decisions.of(reading, epoch.get()))
        .handle(
            (decisions, failure) ->
                failure == null
                    ? pending.by(decisions.get(id.sequence()), epoch.get(), open)
                    : pending.is(
                        UNREADABLE, String.valueOf(Decisions.cause(failure).getMessage())));
  }

  private record Pending(Cluster cluster, TransactionId id, List<PreparedBranch> prepared) {

    PendingTransaction is(State state, String note) {
      return new PendingTransaction(
          id, state, prepared, cluster.coordinator(id.epoch()), List.of(), Optional.empty(), note);
    }

    /** Without a decision that a participant could still take, for it has not closed the epoch. */
    PendingTransaction by(@Nullable Decision decision, Epoch epoch, boolean open) {
      if (decision != null && decision.commit()) {
        return new PendingTransaction(
            id,
            COMMITTING,
            prepared,
            cluster.coordinator(id.epoch()),
            List.copyOf(new TreeSet<>(decision.branches().values())),
            Optional.of(decision.note()).filter(trace -> !trace.isEmpty()),
            "");
      }
      if (decision != null) {
        return is(ABORTING, decision.note());
      }
      if (open) {
        return is(cluster.isOrphaned(id.epoch()) ? ORPHANED : RUNNING, "");
      }
      if (id.decider().isPresent()) {
        return is(ORPHANED, "");
      }
      return Rules.SOUND.presumesAbort(epoch, cluster.generation.number())
          ? is(ABORTING, "its epoch has ended without a decision on it")
          : is(LOST, "the generation was raised to " + cluster.generation + " since");
    }
  }

  /**
   * Has a transaction end as an operator says, at the participants that were given: as it would end
   * anyway where that is known, and as the operator knows better than anybody where it is {@code
   * LOST}. Then the operator's word is the decision, kept in the cluster, which every process
   * obeys. Leaves a note in the audit trail before anything ends.
   *
   * @param id of a transaction with a prepared branch at one of the participants
   * @param ending how it is to end
   * @param reason for the audit trail
   * @return the branches that were ended; none of them is prepared any more. Fails with {@link
   *     ResolutionRefusedException} if its coordinator lives, or it is known that it ends
   *     otherwise, or it is not known where the decision is (nothing was done); with a {@link
   *     io.holdfast.coordination.CoordinationException}, or with what a participant fails with:
   *     then look, and do it again
   */
  public CompletableFuture<List<PreparedBranch>> resolve(
      TransactionId id, Ending ending, String reason) {
    return new Resolution(coordinator, this::look, named, deciders, id, ending, reason).run();
  }

  /** How a transaction ends. */
  public enum Ending {
    /** Everywhere. */
    COMMIT,
    /** Everywhere. */
    ABORT
  }
}
