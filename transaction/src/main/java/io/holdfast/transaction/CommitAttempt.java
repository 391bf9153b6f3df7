package io.holdfast.transaction;

import io.holdfast.coordination.Callbacks;
import io.holdfast.coordination.Context;
import io.holdfast.transaction.Commitment.Abort;
import io.holdfast.transaction.Commitment.Acknowledge;
import io.holdfast.transaction.Commitment.Answer;
import io.holdfast.transaction.Commitment.Commit;
import io.holdfast.transaction.Commitment.CommitAlone;
import io.holdfast.transaction.Commitment.Decide;
import io.holdfast.transaction.Commitment.FindAlone;
import io.holdfast.transaction.Commitment.FindDecision;
import io.holdfast.transaction.Commitment.Finding;
import io.holdfast.transaction.Commitment.Finish;
import io.holdfast.transaction.Commitment.Prepare;
import io.holdfast.transaction.Commitment.Step;
import io.holdfast.transaction.Outcome.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One commit under way: takes the steps that {@link Commitment} says and tells it what came of
 * them. Used in the context only, but for {@link #answer}.
 */
final class CommitAttempt {

  private static final Duration PAUSE = Duration.ofMillis(200);

  /** What it is part of. */
  interface Surroundings {
    Context context();

    CompletableFuture<OpenEpoch> epoch();

    Decisions decisions();

    Settlement settlement();

    Rules rules();

    /** It has ended in every branch. */
    void ended(OpenEpoch epoch, TransactionId id, boolean decided);
  }

  private final Surroundings around;
  private final List<Branch> branches;
  private final Commitment commitment;
  private final Context context;
  private final long deadline;
  private final CompletableFuture<Outcome> answer = new CompletableFuture<>();
  private final CompletableFuture<Outcome> known = new CompletableFuture<>();
  private final Deque<Step> steps = new ArrayDeque<>();
  private Runnable timer = () -> {};
  private boolean stepping;
  private boolean decisionTried;

  /** From when the epoch is known, which one branch alone does not need. */
  private volatile @Nullable Begun begun;

  private record Begun(OpenEpoch epoch, TransactionId id) {}

  CommitAttempt(Surroundings around, List<Branch> branches, Duration timeout) {
    this.around = around;
    this.branches = branches;
    this.commitment = new Commitment(branches.size(), around.rules());
    this.context = around.context();
    this.deadline = context.nanoTime() + timeout.toNanos();
  }

  /** Completes in the context. Nothing that could hold that up may depend on it. */
  CompletableFuture<Outcome> answer() {
    return answer;
  }

  /** Like {@link #answer}, but never unknown; fails if it is forgotten. */
  CompletableFuture<Outcome> known() {
    return known;
  }

  Optional<TransactionId> id() {
    return Optional.ofNullable(begun).map(Begun::id);
  }

  void start() {
    timer = context.schedule(Duration.ofNanos(left()), () -> giveUp(Reason.TIMED_OUT));
    if (branches.size() < 2) {
      take(commitment.start());
      return;
    }
    around
        .epoch()
        .whenComplete((epoch, failure) -> context.execute(() -> epochKnown(epoch, failure)));
  }

  private void epochKnown(@Nullable OpenEpoch epoch, @Nullable Throwable failure) {
    if (answer.isDone()) {
      return;
    }
    if (epoch == null) {
      notBegun(Reason.NOT_DECIDED, "no epoch: " + failure);
      return;
    }
    begun = new Begun(epoch, epoch.begin());
    take(commitment.start());
  }

  /** Time is up, or the caller does not want it any more. */
  void giveUp(Reason reason) {
    if (begun == null && branches.size() > 1) {
      notBegun(reason, "the cluster did not answer");
      return;
    }
    take(commitment.giveUp(reason));
  }

  private void notBegun(Reason reason, String detail) {
    timer.run();
    if (!answer.isDone()) {
      branches.forEach(Branch::discard);
      acknowledge(new Commitment.Aborted(reason, detail));
    }
  }

  private long left() {
    return Math.max(1, deadline - context.nanoTime());
  }

  private Duration within() {
    return Duration.ofNanos(left());
  }

  /** One after the other, also if a step is answered at once. */
  private void take(List<Step> more) {
    steps.addAll(more);
    if (stepping) {
      return;
    }
    stepping = true;
    for (Step step = steps.poll(); step != null; step = steps.poll()) {
      take(step);
    }
    stepping = false;
  }

  private void take(Step step) {
    if (step instanceof Prepare prepare) {
      prepare(prepare.branch());
    } else if (step instanceof CommitAlone) {
      commitAlone();
    } else if (step instanceof FindAlone) {
      findAlone();
    } else if (step instanceof Decide decide) {
      decide(decide.prepared());
    } else if (step instanceof FindDecision) {
      findDecision();
    } else if (step instanceof Commit commit) {
      end(commit.branch(), true);
    } else if (step instanceof Abort abort) {
      end(abort.branch(), false);
    } else if (step instanceof Acknowledge acknowledge) {
      acknowledge(acknowledge.answer());
    } else if (step instanceof Finish finish) {
      finish(finish.committed());
    }
  }

  private void prepare(int branch) {
    called(() -> branches.get(branch).prepare(begun().id().branch(branch), within()))
        .whenComplete(
            (vote, failure) ->
                context.execute(
                    () ->
                        take(
                            vote == null
                                ? commitment.silent(branch, String.valueOf(failure))
                                : commitment.voted(branch, vote))));
  }

  private void commitAlone() {
    called(() -> branches.get(0).commitAlone(within()))
        .whenComplete(
            (vote, failure) ->
                context.execute(
                    () -> take(vote == null ? commitment.aloneSilent() : commitment.alone(vote))));
  }

  private void findAlone() {
    called(() -> branches.get(0).committedAlone())
        .whenComplete(
            (found, failure) ->
                context.execute(
                    () -> {
                      if (found == null) {
                        context.schedule(PAUSE, this::findAlone);
                      } else {
                        take(commitment.foundAlone(finding(found)));
                      }
                    }));
  }

  private static Finding finding(Optional<Boolean> found) {
    return found
        .map(committed -> committed ? Finding.COMMITTED : Finding.ABORTED)
        .orElse(Finding.FORGOTTEN);
  }

  private void decide(List<Integer> prepared) {
    Map<Integer, String> participants = new LinkedHashMap<>();
    prepared.forEach(branch -> participants.put(branch, branches.get(branch).participant().name()));
    decisionTried = true;
    OpenEpoch epoch = begun().epoch();
    around
        .decisions()
        .decide(
            epoch.session(),
            epoch.epoch(),
            begun().id().sequence(),
            Decision.toCommit(participants))
        .thenAccept(
            attempt ->
                context.execute(
                    () -> take(commitment.decided(attempt, "the cluster could not be reached"))));
  }

  private void findDecision() {
    around
        .decisions()
        .find(
            begun().epoch().epoch(), begun().id().sequence(), "the reply to its decision was lost")
        .whenComplete(
            (found, failure) ->
                context.execute(
                    () -> {
                      if (found == null) {
                        context.schedule(PAUSE, this::findDecision);
                      } else {
                        take(commitment.found(found));
                      }
                    }));
  }

  private void end(int branch, boolean commit) {
    if (commit && around.rules().forgetsBeforeEnd()) {
      around.ended(begun().epoch(), begun().id(), true);
    }
    around
        .settlement()
        .end(
            branches.get(branch).participant(),
            begun().id().branch(branch),
            commit,
            () -> take(commitment.ended(branch)));
  }

  private void acknowledge(Answer with) {
    if (with instanceof Commitment.Unknown) {
      answer.complete(unknown());
      return;
    }
    timer.run();
    if (with instanceof Commitment.Forgotten) {
      answer.complete(unknown());
      known.completeExceptionally(
          new OutcomeForgottenException(
              "others have settled the transaction long ago, all of it alike; its effects show how"));
      return;
    }
    Outcome outcome =
        with instanceof Commitment.Aborted aborted
            ? new Outcome.Aborted(aborted.reason(), aborted.detail())
            : new Outcome.Committed(new VisibilityToken(id()));
    answer.complete(outcome);
    known.complete(outcome);
  }

  private Outcome unknown() {
    CompletableFuture<Outcome> resolution = new CompletableFuture<>();
    known.whenCompleteAsync(
        (outcome, failure) -> {
          if (outcome == null) {
            resolution.completeExceptionally(failure);
          } else {
            resolution.complete(outcome);
          }
        },
        Callbacks.executor());
    return new Outcome.Unknown(resolution);
  }

  private void finish(boolean committed) {
    Begun there = begun;
    if (there != null) {
      around.ended(there.epoch(), there.id(), committed || decisionTried);
    }
  }

  private Begun begun() {
    Begun there = begun;
    if (there == null) {
      throw new IllegalStateException("there is no epoch yet");
    }
    return there;
  }

  /** Code of others may throw instead of returning a stage that fails. */
  private static <T> CompletionStage<T> called(Supplier<CompletionStage<T>> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
