package io.holdfast.transaction;

import static io.holdfast.transaction.PendingTransaction.State.ABORTING;
import static io.holdfast.transaction.PendingTransaction.State.COMMITTING;
import static io.holdfast.transaction.PendingTransaction.State.DECIDED_ELSEWHERE;
import static io.holdfast.transaction.PendingTransaction.State.LOST;
import static io.holdfast.transaction.PendingTransaction.State.ORPHANED;
import static io.holdfast.transaction.PendingTransaction.State.RUNNING;
import static io.holdfast.transaction.PendingTransaction.State.UNREADABLE;

import io.holdfast.admin.DirectoryListing;
import io.holdfast.admin.Generations;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.ReadAccess;
import io.holdfast.spi.Snapshot;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.PendingTransaction.State;
import java.time.InstantSource;
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
import org.jspecify.annotations.Nullable;

/**
 * Shows operators which transactions are not settled, and lets two of them together help.
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

  /** As they were begun, in each epoch. */
  private static final Comparator<TransactionId> BY_NUMBER =
      Comparator.comparing(TransactionId::domain)
          .thenComparing(TransactionId::epoch, Epoch.BY_NUMBER)
          .thenComparing(TransactionId::sequence);

  private final Coordinator coordinator;
  private final Map<String, Participant> named = new LinkedHashMap<>();
  private final Map<String, DecidingParticipant> deciders = new HashMap<>();
  private final List<BranchList> lists;
  private final Map<String, String> addresses;
  private final ProposedResolutions proposals;

  /**
   * What was seen.
   *
   * @param transactions with a branch that waits where was asked, sorted by epoch and number
   * @param epochs all there are, sorted by generation, session and number
   * @param unreachable the participants and lists that could not be asked, with why
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
    this(coordinator, participants, List.of());
  }

  /**
   * The same, which shows what waits elsewhere, too.
   *
   * @param lists of branches that only the application can end
   * @throws IllegalArgumentException if two participants have one name
   */
  public TransactionInspection(
      Coordinator coordinator,
      List<? extends Participant> participants,
      List<? extends BranchList> lists) {
    this(coordinator, participants, lists, Map.of());
  }

  /**
   * The same, whose audit trail says where the participants are, and not only how they are called
   * here.
   *
   * @param addresses by the name of the participant or list, without passwords
   * @throws IllegalArgumentException if two participants have one name
   */
  public TransactionInspection(
      Coordinator coordinator,
      List<? extends Participant> participants,
      List<? extends BranchList> lists,
      Map<String, String> addresses) {
    this(coordinator, participants, lists, addresses, InstantSource.system());
  }

  /** The same by another clock. */
  TransactionInspection(
      Coordinator coordinator,
      List<? extends Participant> participants,
      List<? extends BranchList> lists,
      Map<String, String> addresses,
      InstantSource clock) {
    this.coordinator = coordinator;
    this.proposals = new ProposedResolutions(coordinator, clock);
    this.lists = List.copyOf(lists);
    this.addresses = Map.copyOf(addresses);
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

  /** Without a domain there was never a transaction. */
  private CompletableFuture<WaitingBranches> branches(Optional<String> domain) {
    return domain
        .map(there -> WaitingBranches.ask(named.values(), lists, there))
        .orElseGet(() -> CompletableFuture.completedFuture(new WaitingBranches()));
  }

  /** What stands in the cluster, read after the branches. */
  private record Cluster(
      Generation generation,
      Map<String, Entry> open,
      Set<String> sessions,
      Map<String, Entry> closed) {

    /** While the epoch is open who opened it, after that who closed it. */
    Optional<Owner> process(String epoch) {
      return began(epoch)
          .or(
              () ->
                  Optional.ofNullable(closed.get(epoch))
                      .flatMap(entry -> Owner.decode(entry.payload())));
    }

    /** Known while the epoch is open; of a closed one only who closed it stands there. */
    Optional<Owner> began(String epoch) {
      return Optional.ofNullable(open.get(epoch)).flatMap(entry -> Owner.decode(entry.payload()));
    }

    boolean isOrphaned(String name) {
      return Epoch.parse(name).map(epoch -> !sessions.contains(epoch.session())).orElse(false);
    }
  }

  private CompletableFuture<Seen> look(ReadAccess reading, WaitingBranches branches) {
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

  private CompletableFuture<Seen> look(
      ReadAccess reading, Cluster cluster, WaitingBranches branches) {
    List<CompletableFuture<PendingTransaction>> pending = new ArrayList<>();
    branches
        .byTransaction()
        .forEach((id, prepared) -> pending.add(pending(reading, cluster, id, prepared)));
    CompletableFuture<List<CoordinatorEpoch>> epochs = epochs(reading, cluster);
    return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
        .thenCombine(
            epochs,
            (all, listed) ->
                new Seen(
                    pending.stream()
                        .map(CompletableFuture::join)
                        .sorted(Comparator.comparing(PendingTransaction::id, BY_NUMBER))
                        .toList(),
                    listed,
                    branches.unreachable()));
  }

  private CompletableFuture<List<CoordinatorEpoch>> epochs(ReadAccess reading, Cluster cluster) {
    return reading
        .names(Epoch.DECISIONS, Consistency.LINEARIZABLE)
        .thenCompose(
            decided -> {
              Set<String> names = new TreeSet<>(Epoch.BY_NUMBER);
              names.addAll(cluster.open.keySet());
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
    return new CoordinatorEpoch(name, state, cluster.process(name), decisions);
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
      return is(state, note, true);
    }

    PendingTransaction is(State state, String note, boolean presumesAbort) {
      return new PendingTransaction(
          id,
          state,
          prepared,
          cluster.began(id.epoch()),
          List.of(),
          Optional.empty(),
          note,
          presumesAbort);
    }

    /** Without a decision that a participant could still take, for it has not closed the epoch. */
    PendingTransaction by(@Nullable Decision decision, Epoch epoch, boolean open) {
      if (decision != null && decision.commit()) {
        return new PendingTransaction(
            id,
            COMMITTING,
            prepared,
            cluster.began(id.epoch()),
            List.copyOf(new TreeSet<>(decision.branches().values())),
            Optional.of(decision.note()).filter(trace -> !trace.isEmpty()),
            "",
            true);
      }
      if (decision != null) {
        return is(ABORTING, decision.note());
      }
      boolean presumes =
          id.decider().isPresent()
              || CommitRules.SOUND.presumesAbort(epoch, cluster.generation.number());
      String raised = "the generation was raised to " + cluster.generation + " since";
      if (open || id.decider().isPresent()) {
        return is(
            open && !cluster.isOrphaned(id.epoch()) ? RUNNING : ORPHANED,
            presumes ? "" : raised,
            presumes);
      }
      return presumes
          ? is(ABORTING, "its epoch has ended without a decision on it")
          : is(LOST, raised, false);
    }
  }

  /**
   * Proposes how a transaction is to end, for another operator to {@link #confirm}. It stands in
   * the cluster for {@link ProposedResolution#VALID}, and is noted in the audit trail by the same
   * write. Nothing else happens.
   *
   * @param id of a transaction with a prepared branch at one of the participants
   * @param ending how it is to end
   * @param by who proposes it; the caller has made sure of that
   * @param reason for the other operator and the audit trail
   * @return fails with a {@link ResolutionRefusedException} if {@link PendingTransaction#refusal}
   *     speaks against it or there is a proposal for the transaction; with a {@link
   *     io.holdfast.coordination.CoordinationException} if the cluster does not take it
   */
  public CompletableFuture<ProposedResolution> propose(
      TransactionId id, Ending ending, OperatorIdentity by, String reason) {
    return look()
        .thenApply(seen -> OperatorResolution.found(seen, id, named.keySet()))
        .thenCompose(
            pending -> {
              OperatorResolution.unless(pending.refusal(ending));
              return proposals.propose(pending, ending, by, reason);
            });
  }

  /** What is proposed, the oldest first, expired or not. Needs no session. */
  public CompletableFuture<DirectoryListing<ProposedResolution>> proposals() {
    return proposals.list();
  }

  /**
   * Takes a proposal back, whoever made it. Noted in the audit trail.
   *
   * @return false if it is not there any more: it was withdrawn, or carried out
   */
  public CompletableFuture<Boolean> withdraw(
      ProposedResolution proposed, OperatorIdentity by, String reason) {
    return proposals.withdraw(proposed, by, reason);
  }

  /**
   * Has a transaction end as two operators say, at the participants that were given: as it would
   * end anyway where that is known, and as the operators know better than anybody where it is
   * {@code LOST}. Then their word is the decision, kept in the cluster, which every process obeys.
   * Everything that is written on the way is noted in the audit trail with both names: an epoch
   * that is closed, and the transaction before it ends. What only the application can end is left
   * to it, and how it ends is certain then. The proposal is gone when everything else is done.
   *
   * @param proposed by one operator
   * @param by another one; the caller has made sure of that
   * @param reason for the audit trail
   * @return the branches that were ended; none of them is prepared any more. Fails with a {@link
   *     ResolutionRefusedException} if the two are not told apart, the proposal is withdrawn or
   *     expired, there is a contrary one, or the transaction is not as it was; if its coordinator
   *     lives, or it is known that it ends otherwise, or it is not known where the decision is;
   *     nothing was changed then, unless the message says so; with a {@link
   *     io.holdfast.coordination.CoordinationException}, or with what a participant fails with:
   *     then look, and do it again
   */
  public CompletableFuture<List<PreparedBranch>> confirm(
      ProposedResolution proposed, OperatorIdentity by, String reason) {
    return proposals
        .list()
        .thenCompose(
            there -> {
              OperatorResolution.unless(confirmable(there.found(), proposed, by));
              return new OperatorResolution(
                      coordinator, this::look, named, deciders, addresses, proposed, by, reason)
                  .run();
            });
  }

  private Optional<String> confirmable(
      List<ProposedResolution> there, ProposedResolution proposed, OperatorIdentity by) {
    if (there.stream().noneMatch(proposed::equals)) {
      return Optional.of("it is not proposed any more: look again");
    }
    return there.stream()
        .filter(each -> each.transaction().equals(proposed.transaction()))
        .filter(each -> each.ending() != proposed.ending() && each.isInForce(proposals.now()))
        .findFirst()
        .map(each -> each.by() + " has proposed the contrary: have that withdrawn first")
        .or(() -> proposed.refusal(by, proposals.now()));
  }

  /** How a transaction ends. */
  public enum Ending {
    /** Everywhere. */
    COMMIT,
    /** Everywhere. */
    ABORT
  }
}
