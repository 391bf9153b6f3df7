package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.ExpiredException;
import io.holdfast.payment.ledger.InFlightException;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.OutcomeUnknownException;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.RemoteShards;
import io.holdfast.payment.ledger.Reply;
import io.holdfast.payment.ledger.internal.Execution.Answer;
import io.holdfast.payment.ledger.internal.Preparation.Vote;
import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.DistributedTransaction;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Participant;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One request that concerns several shards: a transaction with a branch in each of them. The
 * executing shard prepares first, since its plan says what the others are asked for. What the
 * branches promise is committed before the decision and locks no rows; what is decided, each
 * shard's owner carries out.
 */
final class Spanning {

  /** Where the branches go. */
  interface Shards {
    Lane lane(int shard);

    LedgerParticipant participant(int shard);

    boolean owns(int shard);

    /** A decided branch in a shard is about to be answered, before it is carried out. */
    void answered(int shard, CompletableFuture<?> settled);

    /** Has it prepared here; {@link #MOVED} and {@link #BUSY} as they say. */
    CompletableFuture<Optional<Refusal>> prepare(RemotePreparation task);
  }

  /**
   * What the owner of a shard answers if the shard is in another database than the transaction has
   * it for. Never stored: the request is begun anew.
   */
  static final Refusal MOVED =
      Refusal.conflict("shard-moved", "the shard is in another database by now");

  /** What it answers if a transaction under way has locked what is claimed. Never stored either. */
  static final Refusal BUSY =
      Refusal.conflict("claim-under-way", "a transaction under way concerns the same");

  private static final io.holdfast.transaction.Vote NOT_ASKED =
      new io.holdfast.transaction.Vote.Refused("the executing shard does not prepare");

  private final Request<?> request;
  private final Set<Integer> others;
  private final Shards shards;
  private final RemoteShards remote;

  /**
   * What the executing shard is about to promise, before that is committed; empty if it does not.
   */
  private final CompletableFuture<Optional<Effects>> planned = new CompletableFuture<>();

  /** How the executing shard has voted; fails if it has not. */
  private final CompletableFuture<Vote> vote = new CompletableFuture<>();

  /** It has its outcome: what is not prepared yet must not be. */
  private volatile boolean over;

  /** What the first of the others has refused with; null if none has. */
  private final AtomicReference<@Nullable Refusal> refusal = new AtomicReference<>();

  /** The executing shard's branch; null before it is asked to prepare. */
  private final AtomicReference<@Nullable String> home = new AtomicReference<>();

  /** One of the others cannot say by now, being in another database or in a transaction. */
  private final AtomicBoolean tooEarly = new AtomicBoolean();

  /**
   * Of a request.
   *
   * @param others the shards that are expected to take part with the executing one
   */
  Spanning(Request<?> request, Set<Integer> others, Shards shards, RemoteShards remote) {
    this.request = request;
    this.others = others;
    this.shards = shards;
    this.remote = remote;
  }

  /**
   * Commits.
   *
   * @return empty if it must be begun anew, since other shards have to take part, or the books have
   *     changed meanwhile
   */
  CompletableFuture<Optional<Reply>> commit(DistributedTransaction transaction, String node) {
    transaction.enlist(new Home());
    others.forEach(shard -> transaction.enlist(new Other(shard)));
    long began = System.nanoTime();
    return transaction
        .commitAsync()
        .thenCompose(
            outcome -> {
              over("transaction", request.key().shard(), began);
              return answer(outcome, node);
            });
  }

  private void over(String part, int shard, long began) {
    request.trace().over(part, shard, began, System.nanoTime());
  }

  private CompletableFuture<Optional<Reply>> answer(Outcome outcome, String node) {
    over = true;
    Refusal refused = refusal.get();
    if (refused != null && !vote.isDone()) {
      // What was refused is what the executing shard was about to promise; whether it has, it says.
      return vote.handle((done, failure) -> true).thenCompose(now -> answer(outcome, node));
    }
    Vote voted =
        vote.isDone() && !vote.isCompletedExceptionally() ? vote.join() : new Vote.Silent();
    if (outcome instanceof Outcome.Committed && voted instanceof Vote.Prepared prepared) {
      Optional<Reply> reply =
          Optional.of(
              new Reply(
                  prepared.effects().answer(),
                  Optional.empty(),
                  Reply.Origin.EXECUTED,
                  node,
                  Instant.now()));
      // It is done whatever becomes of this. Who has the answer may ask at once for what it is
      // about: in the lane that comes after this, and a read waits for it.
      shards.answered(request.key().shard(), settleHome());
      return CompletableFuture.completedFuture(reply);
    }
    if (!(outcome instanceof Outcome.Aborted aborted)) {
      return CompletableFuture.failedFuture(
          new OutcomeUnknownException(new IllegalStateException("not decided in time")));
    }
    if (tooEarly.get()) {
      return beginAnew(home.get());
    }
    if (voted instanceof Vote.Known known) {
      return known.answer() instanceof Answer.Replied replied
          ? CompletableFuture.completedFuture(Optional.of(replied.reply()))
          : CompletableFuture.failedFuture(inFlight());
    }
    if (voted instanceof Vote.Expired) {
      return CompletableFuture.failedFuture(new ExpiredException());
    }
    if (voted instanceof Vote.Changed) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    if (refused != null && voted instanceof Vote.Prepared) {
      int shard = request.key().shard();
      return shards
          .lane(shard)
          .add(new Preparation.Refused(request, refused, Optional.ofNullable(home.get())))
          .thenApply(
              stored -> {
                if (stored instanceof Answer.Replied replied) {
                  return Optional.of(replied.reply());
                }
                throw inFlight();
              });
    }
    return CompletableFuture.failedFuture(
        new LedgerUnavailableException(
            "a shard that has to take part did not, so nothing was done: " + aborted.detail(),
            aborted.cause().orElse(null)));
  }

  /**
   * Once this shard's branch has been aborted: as long as it is there, the request is under way.
   */
  private CompletableFuture<Optional<Reply>> beginAnew(@Nullable String branch) {
    if (branch == null) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    int shard = request.key().shard();
    return shards
        .lane(shard)
        .add(new Settlement(shard, branch, false))
        .thenApply(aborted -> Optional.empty());
  }

  private CompletableFuture<Boolean> settleHome() {
    int shard = request.key().shard();
    String branch = home.get();
    if (branch == null) {
      return CompletableFuture.completedFuture(false);
    }
    try {
      return shards.participant(shard).commitHere(shard, branch);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static InFlightException inFlight() {
    return new InFlightException("the same request is under way: ask again");
  }

  /** What both kinds of branches have in common: there is never only one. */
  private abstract static class Part implements Branch {

    @Override
    public CompletionStage<io.holdfast.transaction.Vote> commitAlone(Duration within) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("a transaction over one shard"));
    }

    @Override
    public CompletionStage<Optional<Boolean>> committedAlone() {
      return CompletableFuture.completedFuture(Optional.of(false));
    }
  }

  private final class Home extends Part {
    private final int shard = request.key().shard();
    private final LedgerParticipant participant = shards.participant(shard);

    @Override
    public Participant participant() {
      return participant;
    }

    @Override
    public CompletionStage<io.holdfast.transaction.Vote> prepare(BranchId id, Duration within) {
      String branch = id.toString();
      home.set(branch);
      participant.preparing(branch, shard, request.trace());
      Preparation preparation =
          new Preparation(
              request,
              others,
              branch,
              participant.databaseName(),
              effects -> planned.complete(Optional.of(effects)));
      return shards
          .lane(shard)
          .add(preparation)
          .exceptionally(
              failure -> {
                if (failure instanceof ShardMovedException || failure instanceof BusyException) {
                  return new Vote.Changed();
                }
                if (failure instanceof ExpiredException) {
                  return new Vote.Expired();
                }
                throw new CompletionException(failure);
              })
          .whenComplete(
              (voted, failure) -> {
                preparation.tell(request.trace());
                if (failure != null) {
                  vote.completeExceptionally(failure);
                  planned.complete(Optional.empty());
                }
              })
          .thenApply(
              voted -> {
                vote.complete(voted);
                planned.complete(
                    voted instanceof Vote.Prepared prepared
                        ? Optional.of(prepared.effects())
                        : Optional.empty());
                if (!(voted instanceof Vote.Prepared)) {
                  participant.refused(branch);
                }
                return voted instanceof Vote.Prepared
                    ? io.holdfast.transaction.Vote.PREPARED
                    : new io.holdfast.transaction.Vote.Refused(
                        "it is answered already, or not begun");
              });
    }
  }

  private final class Other extends Part {
    private final int shard;
    private final LedgerParticipant participant;

    Other(int shard) {
      this.shard = shard;
      this.participant = shards.participant(shard);
    }

    @Override
    public Participant participant() {
      return participant;
    }

    @Override
    public CompletionStage<io.holdfast.transaction.Vote> prepare(BranchId id, Duration within) {
      return planned.thenCompose(
          effects -> {
            Optional<Effects.Share> share = effects.flatMap(this::share);
            return share.isPresent() && !over
                ? prepare(id, share.get())
                : CompletableFuture.completedFuture(NOT_ASKED);
          });
    }

    private Optional<Effects.Share> share(Effects effects) {
      return Optional.ofNullable(effects.elsewhere(request.key().shard()).get(shard));
    }

    private CompletionStage<io.holdfast.transaction.Vote> prepare(
        BranchId id, Effects.Share share) {
      String branch = id.toString();
      participant.preparing(branch, shard, request.trace());
      String database = participant.databaseName();
      long began = System.nanoTime();
      CompletionStage<Optional<Refusal>> prepared =
          shards.owns(shard)
              ? shards.prepare(
                  new RemotePreparation(shard, branch, database, request.head(), share))
              : remote.prepare(
                  shard,
                  branch,
                  Json.write(new RemoteBody(database, request.head(), share)),
                  request.trace().parent());
      return prepared.thenApply(
          refused -> {
            over("prepare", shard, began);
            if (refused.isPresent()) {
              participant.refused(branch);
            }
            if (refused.equals(Optional.of(MOVED)) || refused.equals(Optional.of(BUSY))) {
              tooEarly.set(true);
            } else {
              refused.ifPresent(why -> refusal.compareAndSet(null, why));
            }
            return refused.isPresent()
                ? new io.holdfast.transaction.Vote.Refused(refused.get().code())
                : io.holdfast.transaction.Vote.PREPARED;
          });
    }
  }

  /**
   * What goes to the owner of another shard.
   *
   * @param database where the transaction has the shard
   */
  record RemoteBody(String database, BranchBody.Head head, Effects.Share share) {}
}
