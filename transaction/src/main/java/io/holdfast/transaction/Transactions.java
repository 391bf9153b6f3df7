package io.holdfast.transaction;

import io.holdfast.coordination.Coordinator;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.transaction.TwoPhaseCommit.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Transactions over several resources, whose outcome the coordination cluster knows.
 *
 * <pre>
 *   caller        coordinator           accounts     ledger      cluster
 *     | commit() ---->|                     |           |           |
 *     |               |-- work, prepare --->|           |           |
 *     |               |-- work, prepare ----|---------->|           |
 *     |               |<-- prepared --------|-----------|           |
 *     |               |-- commit, if my epoch is open ------------->|   the commit point
 *     |<-- Committed -|<--------------------------------------------|
 *     |               |-- commit ---------->|           |           |
 *     |               |-- commit -----------|---------->|           |
 *     |               |-- forget, many at a time ------------------>|
 * </pre>
 *
 * <p><b>Who finishes what.</b> Every process that has a {@code Transactions} looks for what others
 * have left. The transactions of a coordinator belong to its {@link Epoch}. When its session is
 * over, the first process that notices closes the epoch by one compare-and-set. From then on the
 * epoch decides nothing. So any process aborts a branch without a decision, and commits a branch
 * with one; several may do so at once. No process guesses: a branch whose epoch is open is left
 * alone.
 *
 * <p><b>One branch</b> is committed by itself, without the cluster. <b>Branches that have changed
 * nothing</b> drop out.
 *
 * <p>One for each coordinator is enough. All participants of a namespace should be known to at
 * least two processes: what one leaves at a participant, only another that knows it can settle.
 * Thread-safe.
 */
public final class Transactions implements AutoCloseable {

  private static final String NAME = "[a-z0-9][a-z0-9-]{0,62}";

  private final Coordinator coordinator;
  private final TransactionOptions options;
  private final CommitRules rules;
  private final Context context;
  private final Map<String, Participant> participants;
  private final Decisions decisions;
  private final AllBranches allBranches;
  private final SecondPhase settlement;
  private final RecoverySweep sweep;

  /** Used in the context only, as is all below. */
  private final Epochs epochs;

  private final Map<String, ParticipantPruner> forgetting = new HashMap<>();
  private final List<CompletableFuture<Void>> quiet = new ArrayList<>();
  private volatile boolean closed;

  /** With the default options. */
  public Transactions(Coordinator coordinator, List<? extends Participant> participants) {
    this(coordinator, TransactionOptions.defaults(), participants);
  }

  /**
   * Starts to look for what was left unfinished.
   *
   * @param participants every resource that branches are at, by different names
   * @throws IllegalArgumentException if two have one name, or one has a name that is none
   */
  public Transactions(
      Coordinator coordinator,
      TransactionOptions options,
      List<? extends Participant> participants) {
    this(coordinator, options, participants, CommitRules.SOUND);
  }

  Transactions(
      Coordinator coordinator,
      TransactionOptions options,
      List<? extends Participant> participants,
      CommitRules rules) {
    this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    this.options = Objects.requireNonNull(options, "options");
    Objects.requireNonNull(participants, "participants");
    this.rules = rules;
    this.context = coordinator.context();
    this.participants = byName(participants);
    this.decisions = new Decisions(coordinator, rules);
    this.allBranches = new AllBranches(coordinator, this.participants);
    this.settlement = new SecondPhase(context);
    this.epochs = new Epochs(coordinator);
    this.sweep =
        new RecoverySweep(
            coordinator, options, this.participants, epochs, decisions, allBranches, rules);
    context.execute(sweep::start);
  }

  private static Map<String, Participant> byName(List<? extends Participant> participants) {
    Map<String, Participant> named = new LinkedHashMap<>();
    for (Participant participant : participants) {
      if (!participant.name().matches(NAME)) {
        throw new IllegalArgumentException(
            "not a name for a participant: '"
                + participant.name()
                + "'; it has 1 to 63 of a-z, digits and -, and does not begin with -");
      }
      if (named.put(participant.name(), participant) != null) {
        throw new IllegalArgumentException("two participants are called " + participant.name());
      }
    }
    // In their order, which a replay depends on; that of Map.copyOf differs from run to run.
    return Collections.unmodifiableMap(named);
  }

  /** A new transaction, with the time-out of the options. */
  public DistributedTransaction begin() {
    return begin(options.timeout());
  }

  /**
   * A new transaction. Asks nobody.
   *
   * @param timeout from the call of commit until it is decided
   */
  public DistributedTransaction begin(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    return new DistributedTransaction(
        context,
        this::check,
        (branches, place) -> new CommitAttempt(new Around(), branches, place, timeout));
  }

  private Optional<DecidingParticipant> decider(TransactionId id) {
    return id.decider()
        .map(participants::get)
        .filter(DecidingParticipant.class::isInstance)
        .map(DecidingParticipant.class::cast);
  }

  private void forgetAt(DecidingParticipant participant, TransactionId id) {
    forgetting
        .computeIfAbsent(participant.name(), name -> new ParticipantPruner(context, participant))
        .add(id);
  }

  private void check(Branch branch) {
    Participant participant = branch.participant();
    if (participants.get(participant.name()) != participant) {
      throw new IllegalArgumentException(
          "not one of the participants that this was made with: " + participant.name());
    }
  }

  /**
   * Waits until a committed transaction is visible at every participant that is known here, and
   * commits its branches if necessary. For a process that got the token from the process that
   * committed.
   *
   * @return fails with a {@link io.holdfast.coordination.CoordinationException}, or with what a
   *     participant fails with; then it may be called again
   */
  public CompletableFuture<Void> awaitVisible(VisibilityToken token) {
    Objects.requireNonNull(token, "token");
    if (token.transaction().isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    TransactionId id = token.transaction().get();
    Optional<Voters> voters = Voters.of(id);
    if (voters.isPresent()) {
      return voters.get().place() == DecisionPlace.ALL_BRANCHES
          ? allBranches
              .find(id)
              .thenCompose(
                  found -> found == Finding.COMMITTED ? commit(id, voters.get()) : visible())
          : commit(id, voters.get());
    }
    Optional<Epoch> epoch = Epoch.parse(id.epoch());
    if (epoch.isEmpty()) {
      return CompletableFuture.failedFuture(new IllegalArgumentException("no epoch: " + id));
    }
    if (id.decider().isPresent() && decider(id).isEmpty()) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("not known here: " + id.decider().get()));
    }
    CompletableFuture<Map<Long, Decision>> decided =
        decider(id)
            .map(participant -> Decisions.readAt(participant, id.domain(), epoch.get()))
            .orElseGet(
                () ->
                    coordinator
                        .session()
                        .thenCompose(session -> Decisions.of(session, epoch.get())));
    return decided.thenCompose(
        there -> {
          Decision decision = there.get(id.sequence());
          return decision == null || !decision.commit()
              ? CompletableFuture.<Void>completedFuture(null)
              : commit(id, decision);
        });
  }

  private static CompletableFuture<Void> visible() {
    return CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Void> commit(TransactionId id, Voters voters) {
    Map<Integer, String> names = new LinkedHashMap<>();
    voters.participants().forEach(name -> names.put(names.size(), name));
    return commit(id, Decision.toCommit(names));
  }

  private CompletableFuture<Void> commit(TransactionId id, Decision decision) {
    List<CompletableFuture<Void>> commits = new ArrayList<>();
    decision
        .branches()
        .forEach(
            (index, name) -> {
              Participant participant = participants.get(name);
              if (participant != null) {
                commits.add(participant.commit(List.of(id.branch(index))).toCompletableFuture());
              }
            });
    return CompletableFuture.allOf(commits.toArray(CompletableFuture[]::new));
  }

  /** One look for what was left unfinished; for tests, which do not wait for the next. */
  CompletableFuture<Void> sweep() {
    return sweep.once();
  }

  /**
   * Waits, for the time-out at most, until the transactions of this process have ended, and stops.
   * Other processes, present or later, settle those that have not ended: the epoch is closed, even
   * if the coordinator stays open. For that this waits once more, as long as a request may take.
   * Later commits are aborted.
   */
  @Override
  public void close() {
    closed = true;
    CompletableFuture<Void> ended = new CompletableFuture<>();
    context.execute(
        () -> {
          sweep.stop();
          epochs.close(sweep::leave);
          if (epochs.areQuiet()) {
            ended.complete(null);
          } else {
            quiet.add(ended);
          }
        });
    ended
        .completeOnTimeout(null, Durations.nanos(options.timeout()), TimeUnit.NANOSECONDS)
        .thenComposeAsync(none -> sweep.leave(), context)
        .completeOnTimeout(
            null, Durations.nanos(coordinator.options().requestTimeout()), TimeUnit.NANOSECONDS)
        .exceptionally(othersSeeToIt -> null)
        .join();
    context.execute(settlement::close);
  }

  /** What a commit needs of all this. */
  private final class Around implements CommitContext {

    @Override
    public Context context() {
      return context;
    }

    @Override
    public CompletableFuture<OpenEpoch> epoch() {
      return epochs.current();
    }

    @Override
    public Decisions decisions() {
      return decisions;
    }

    @Override
    public CompletableFuture<Finding> find(TransactionId id, String note) {
      return Voters.of(id).isPresent()
          ? allBranches.find(id)
          : decisions.find(id, decider(id), note);
    }

    @Override
    public SecondPhase settlement() {
      return settlement;
    }

    @Override
    public CommitRules rules() {
      return rules;
    }

    @Override
    public Optional<String> trace() {
      return options.traceIds().get();
    }

    @Override
    public void tell(Supplier<TransactionEvent> event) {
      coordinator.tell(event);
    }

    @Override
    public boolean isClosed() {
      return closed;
    }

    @Override
    public Runnable onClose(Runnable observer) {
      return coordinator.onClose(observer);
    }

    @Override
    public void ended(OpenEpoch epoch, TransactionId id, CommitAttempt.Trace trace) {
      epoch.end(id, trace);
      if (trace == CommitAttempt.Trace.COMMIT) {
        decider(id).ifPresent(participant -> forgetAt(participant, id));
      }
      if (epochs.areQuiet()) {
        quiet.forEach(waiting -> waiting.complete(null));
        quiet.clear();
      }
    }
  }
}
