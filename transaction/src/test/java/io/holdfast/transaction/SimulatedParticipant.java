package io.holdfast.transaction;

import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Context;
import io.holdfast.transaction.tcc.Barrier;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What one client has of a {@link SimulatedDatabase}: behind a network that loses requests and
 * replies, delivers some long after anybody waits for them, and some twice.
 */
class SimulatedParticipant implements DecidingParticipant, BarringParticipant, PhasedParticipant {

  private static final Duration REQUEST_TIMEOUT = Duration.ofMillis(500);

  /** What is late comes at most so late. */
  static final int LATEST_MILLIS = 8_000;

  /** How long what is tried at an owned database may wait for its decision. */
  private static final Duration DEADLINE = Duration.ofMillis(1_500);

  private final SimulatedDatabase database;
  private final Context context;
  private final Random random;
  private final Supplier<Network> network;
  private int token;

  /** How bad it is, in per cent of the messages. */
  record Network(int lost, int late, int twice, boolean cut) {}

  SimulatedParticipant(
      SimulatedDatabase database, Context context, Random random, Supplier<Network> network) {
    this.database = database;
    this.context = context;
    this.random = random;
    this.network = network;
  }

  /** Of the kind that the database wants. */
  static SimulatedParticipant at(
      SimulatedDatabase database, Context context, Random random, Supplier<Network> network) {
    return database.isOwned()
        ? new Owned(database, context, random, network)
        : new SimulatedParticipant(database, context, random, network);
  }

  SimulatedDatabase database() {
    return database;
  }

  @Override
  public String name() {
    return database.name();
  }

  /** It owns the database from now on, as who has the shard's lock. */
  void own() {
    token = database.handOver();
  }

  @Override
  public CompletionStage<Void> commit(List<BranchId> branches) {
    return end(branches, () -> database.commit(branches));
  }

  @Override
  public CompletionStage<Void> abort(List<BranchId> branches) {
    return end(branches, () -> database.abort(branches));
  }

  /** What must not be ended by us is not answered. */
  private CompletionStage<Void> end(List<BranchId> branches, Runnable ending) {
    int own = token;
    return request(
        true,
        () -> database.mayEnd(own, branches),
        () -> {
          ending.run();
          return Optional.<Void>empty();
        });
  }

  @Override
  public CompletionStage<List<BranchId>> inDoubt(String domain) {
    return request(true, () -> Optional.of(database.inDoubt(domain)));
  }

  /** One at an owned database. */
  static final class Owned extends SimulatedParticipant implements OwnedParticipant {

    Owned(SimulatedDatabase database, Context context, Random random, Supplier<Network> network) {
      super(database, context, random, network);
    }

    @Override
    public boolean isOwnedHere() {
      return true;
    }

    @Override
    public CompletionStage<List<BranchId>> overdue(String domain) {
      return overdueThere(domain);
    }
  }

  final CompletionStage<List<BranchId>> overdueThere(String domain) {
    int own = token;
    return request(
        true, () -> database.isOwnedBy(own), () -> Optional.of(database.overdue(domain, DEADLINE)));
  }

  @Override
  public CompletionStage<Void> openEpoch(String domain, String epoch) {
    return run(() -> database.openEpoch(epoch));
  }

  @Override
  public CompletionStage<Void> closeEpoch(String domain, String epoch) {
    return run(() -> database.closeEpoch(epoch));
  }

  @Override
  public CompletionStage<Map<Long, String>> decisions(String domain, String epoch) {
    return request(true, () -> Optional.of(database.decisions(epoch)));
  }

  @Override
  public CompletionStage<String> decideUnlessDecided(TransactionId transaction, String otherwise) {
    return request(true, () -> Optional.of(database.decideUnlessDecided(transaction, otherwise)));
  }

  @Override
  public CompletionStage<Void> forget(List<TransactionId> transactions) {
    return run(() -> database.forget(transactions));
  }

  @Override
  public CompletionStage<Void> forgetEpoch(String domain, String epoch) {
    return run(() -> database.forgetEpoch(epoch));
  }

  @Override
  public CompletionStage<List<String>> epochs(String domain) {
    return request(true, () -> Optional.of(database.epochs()));
  }

  @Override
  public CompletionStage<Boolean> barUnlessPrepared(BranchId branch) {
    return request(true, () -> Optional.of(Barrier.barUnlessTried(database.barrier(), branch)));
  }

  @Override
  public CompletionStage<Void> preCommit(List<BranchId> branches) {
    return run(() -> branches.forEach(each -> Barrier.preCommit(database.barrier(), each)));
  }

  @Override
  public CompletionStage<Phase> phase(BranchId branch) {
    return request(true, () -> Optional.of(Barrier.phase(database.barrier(), branch)));
  }

  @Override
  public CompletionStage<List<String>> remembered(String domain) {
    return request(true, () -> Optional.of(database.barrier().epochs()));
  }

  @Override
  public CompletionStage<Void> forgetEnded(String domain, String epoch, long upTo, Set<Long> but) {
    return run(() -> database.barrier().forget(epoch, upTo, but));
  }

  private CompletionStage<Void> run(Runnable work) {
    return request(
        true,
        () -> {
          work.run();
          return Optional.<Void>empty();
        });
  }

  private <T> CompletionStage<T> request(boolean idempotent, Supplier<Optional<T>> work) {
    return request(idempotent, () -> true, work);
  }

  private <T> CompletionStage<T> request(
      boolean idempotent, BooleanSupplier allowed, Supplier<Optional<T>> work) {
    CompletableFuture<T> reply = new CompletableFuture<>();
    Runnable giveUp =
        context.schedule(
            REQUEST_TIMEOUT,
            () -> reply.completeExceptionally(new UnavailableException("no answer")));
    Runnable delivery =
        () -> {
          if (database.isDown() || !allowed.getAsBoolean()) {
            return;
          }
          Optional<T> result = work.get();
          send(
              context,
              () -> {
                giveUp.run();
                reply.complete(result.orElse(null));
              });
        };
    send(database.context(), delivery);
    if (idempotent && random.nextInt(100) < network.get().twice()) {
      send(database.context(), delivery);
    }
    return reply;
  }

  private void send(Context to, Runnable delivery) {
    Network now = network.get();
    if (now.cut() || random.nextInt(100) < now.lost()) {
      return;
    }
    int longest = random.nextInt(100) < now.late() ? LATEST_MILLIS : 40;
    to.schedule(Duration.ofMillis(random.nextInt(longest)), delivery);
  }

  /** Work that changes the balance by {@code amount}. */
  Branch change(int amount) {
    return new Work(amount, Vote.PREPARED);
  }

  /** Work that changes nothing. */
  Branch look() {
    return new Work(0, Vote.READ_ONLY);
  }

  /** Work that cannot be done. */
  Branch impossible() {
    return new Work(0, new Vote.Refused("no money"));
  }

  /** The vote is what it comes to if nothing goes wrong. */
  private final class Work implements DecidingBranch {
    private final int amount;
    private final Vote vote;
    private boolean committedAlone;

    Work(int amount, Vote vote) {
      this.amount = amount;
      this.vote = vote;
    }

    @Override
    public DecidingParticipant participant() {
      return SimulatedParticipant.this;
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId id, Duration within) {
      return request(
          database.takesRepeats(),
          () -> Optional.of(vote.equals(Vote.PREPARED) ? database.prepare(id, amount) : vote));
    }

    @Override
    public CompletionStage<Vote> commitDeciding(
        TransactionId id, String decision, Duration within) {
      return request(
          false,
          () ->
              Optional.of(
                  vote instanceof Vote.Refused
                      ? vote
                      : database.commitDeciding(id, decision, amount)));
    }

    @Override
    public CompletionStage<Vote> commitAlone(Duration within) {
      return request(
          false,
          () -> {
            if (vote.equals(Vote.PREPARED)) {
              database.commitPlain(amount);
              committedAlone = true;
            }
            return Optional.of(vote);
          });
    }

    /** A request that may come late makes every answer but one uncertain. */
    @Override
    public CompletionStage<Optional<Boolean>> committedAlone() {
      return request(
          true, () -> Optional.of(committedAlone ? Optional.of(true) : Optional.<Boolean>empty()));
    }
  }
}
