package io.holdfast.transaction;

import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.transaction.Outcome.Reason;
import io.holdfast.transaction.TwoPhaseCommit.Abort;
import io.holdfast.transaction.TwoPhaseCommit.Acknowledge;
import io.holdfast.transaction.TwoPhaseCommit.Answer;
import io.holdfast.transaction.TwoPhaseCommit.Attempt;
import io.holdfast.transaction.TwoPhaseCommit.Commit;
import io.holdfast.transaction.TwoPhaseCommit.CommitAlone;
import io.holdfast.transaction.TwoPhaseCommit.Decide;
import io.holdfast.transaction.TwoPhaseCommit.FindAlone;
import io.holdfast.transaction.TwoPhaseCommit.FindDecision;
import io.holdfast.transaction.TwoPhaseCommit.Finding;
import io.holdfast.transaction.TwoPhaseCommit.Finish;
import io.holdfast.transaction.TwoPhaseCommit.PreCommit;
import io.holdfast.transaction.TwoPhaseCommit.Prepare;
import io.holdfast.transaction.TwoPhaseCommit.Step;
import io.holdfast.transaction.internal.Failures;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One commit under way: takes the steps that {@link TwoPhaseCommit} says and tells it what came of
 * them. Used in the context only, but for {@link #startHere} and the futures.
 */
final class CommitAttempt {

  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final String LOST = "the reply to its decision was lost";

  /** What a transaction may leave of itself where its decision is kept. */
  enum Trace {
    NONE,
    /** Perhaps a decision to abort, which keeps a late one to commit out. */
    PERHAPS_ABORT,
    COMMIT
  }

  private final CommitContext around;
  private final List<Branch> branches;

  /** The last branch, if it decides. */
  private final Optional<DecidingBranch> decider;

  /** Who decides if the cluster does not. */
  private final Optional<String> decidedBy;

  private final CommitProtocol protocol;
  private final Context context;
  private final CommitAnswer answer;
  private final long deadline;
  private final Deque<Step> steps = new ArrayDeque<>();
  private Runnable timer = () -> {};
  private boolean stepping;
  private boolean decisionTried;

  /** While a timer is to ask what became of it. */
  private boolean pausing;

  private boolean closed;

  /** From when the epoch is known, which one branch alone does not need. */
  private volatile @Nullable Begun begun;

  private record Begun(OpenEpoch epoch, TransactionId id) {}

  CommitAttempt(
      CommitContext around, List<Branch> branches, DecisionPlace place, Duration timeout) {
    this.around = around;
    this.branches = branches;
    this.decider =
        place == DecisionPlace.LAST_BRANCH && branches.size() > 1
            ? Optional.of((DecidingBranch) branches.get(branches.size() - 1))
            : Optional.empty();
    boolean together = Voters.decide(place) && branches.size() > 1;
    this.decidedBy =
        together
            ? Optional.of(Voters.of(place, branches).toString())
            : decider.map(branch -> branch.participant().name());
    this.protocol =
        together && place == DecisionPlace.THREE_PHASES
            ? new ThreePhaseCommit(branches.size())
            : new TwoPhaseCommit(branches.size(), place, around.rules());
    this.context = around.context();
    this.answer = new CommitAnswer(around, branches.size(), place, this::id);
    this.deadline = answer.started() + Durations.nanos(timeout);
  }

  /** Completes in the context. Nothing that could hold that up may depend on it. */
  CompletableFuture<Outcome> answer() {
    return answer.answer();
  }

  /** Like {@link #answer}, but never unknown; fails if it is forgotten. */
  CompletableFuture<Outcome> known() {
    return answer.known();
  }

  /** Completes when every branch has ended; never if others have to see to that. */
  CompletableFuture<Void> settled() {
    return answer.whenSettled();
  }

  Optional<TransactionId> id() {
    return Optional.ofNullable(begun).map(Begun::id);
  }

  void start() {
    answer.begun();
    if (around.isClosed()) {
      notBegun(Reason.NOT_DECIDED, "no commit is begun after close");
      return;
    }
    watch();
    if (branches.size() < 2) {
      take(protocol.start());
      return;
    }
    around
        .epoch()
        .thenCompose(epoch -> opened(epoch).thenApply(opened -> epoch))
        .whenComplete((epoch, failure) -> context.execute(() -> epochKnown(epoch, failure)));
  }

  /** Time may run out, and timers may end. */
  private void watch() {
    timer = context.schedule(Duration.ofNanos(left()), () -> giveUp(Reason.TIMED_OUT));
    Runnable stop = around.onClose(this::coordinatorClosed);
    known().whenComplete((outcome, failure) -> stop.run());
  }

  /**
   * Starts by the thread of the caller, which may do the work of the only branch. If that has voted
   * at once it has ended, and the context hears nothing of it.
   */
  void startHere() {
    if (branches.size() != 1 || around.isClosed()) {
      context.execute(this::start);
      return;
    }
    answer.begun();
    if (Thread.currentThread().isInterrupted()) {
      notBegun(Reason.CANCELLED, "interrupted before it began");
      return;
    }
    CompletableFuture<Vote> vote = ForeignCalls.of(() -> branches.get(0).commitAloneHere(within()));
    if (vote.isDone() && !vote.isCompletedExceptionally()) {
      take(twoPhases().alone(vote.join()));
    } else {
      context.execute(
          () -> {
            watch();
            hear(vote);
          });
    }
  }

  /** Wherever else something has to be there before branches are. */
  private CompletableFuture<Void> opened(OpenEpoch epoch) {
    if (decider.isPresent()) {
      return epoch.openAt(decider.get().participant());
    }
    return decidedBy.isPresent()
        ? epoch.announce(branches.stream().map(branch -> branch.participant().name()).toList())
        : CompletableFuture.completedFuture(null);
  }

  private void epochKnown(@Nullable OpenEpoch epoch, @Nullable Throwable failure) {
    if (answer().isDone()) {
      return;
    }
    if (epoch == null) {
      notBegun(Reason.NOT_DECIDED, "no epoch: " + failure);
      return;
    }
    begun = new Begun(epoch, epoch.begin(decidedBy));
    take(protocol.start());
  }

  /** Time is up, or the caller does not want it any more. */
  void giveUp(Reason reason) {
    if (begun == null && branches.size() > 1) {
      notBegun(reason, "the cluster did not answer");
      return;
    }
    take(protocol.giveUp(reason));
  }

  /** What it waits for may be a timer. What is found out without one is still told. */
  private void coordinatorClosed() {
    closed = true;
    giveUp(Reason.NOT_DECIDED);
    if (pausing) {
      neverKnown();
    }
  }

  private void neverKnown() {
    answer.neverKnown(
        new UnavailableException(
            "the coordinator was closed: others find out how the transaction ends"));
  }

  /** Asks again in a while. */
  private void later(Runnable question) {
    if (closed) {
      neverKnown();
      return;
    }
    pausing = true;
    context.schedule(
        PAUSE,
        () -> {
          pausing = false;
          question.run();
        });
  }

  private void notBegun(Reason reason, String detail) {
    timer.run();
    if (!answer().isDone()) {
      branches.forEach(Branch::discard);
      acknowledge(new TwoPhaseCommit.Aborted(reason, detail));
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
    } else if (step instanceof PreCommit preCommit) {
      preCommit(preCommit.branch());
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
    ForeignCalls.of(() -> branches.get(branch).prepare(begun().id().branch(branch), within()))
        .whenComplete(
            (vote, failure) ->
                context.execute(
                    () ->
                        take(
                            vote == null
                                ? protocol.silent(branch, silence(branch, failure))
                                : protocol.voted(branch, named(branch, vote)))));
  }

  /** Adds the place of the branch to the reason for the abort. */
  private Vote named(int branch, Vote vote) {
    return vote instanceof Vote.Refused refused
        ? new Vote.Refused(noted(branch, refused.reason(), refused.cause()), refused.cause())
        : vote;
  }

  private String silence(int branch, @Nullable Throwable failure) {
    Optional<Throwable> cause = Optional.ofNullable(failure).map(Decisions::cause);
    return noted(branch, Failures.text(cause.orElse(null)), cause);
  }

  private String noted(int branch, String why, Optional<Throwable> cause) {
    String detail = branches.get(branch).participant().name() + " (branch " + branch + "): " + why;
    cause.ifPresent(thrown -> answer.caused(detail, thrown));
    return detail;
  }

  private void commitAlone() {
    hear(ForeignCalls.of(() -> branches.get(0).commitAlone(within())));
  }

  /** What the only branch says. */
  private void hear(CompletableFuture<Vote> alone) {
    alone.whenComplete(
        (vote, failure) ->
            context.execute(
                () ->
                    take(
                        vote == null
                            ? twoPhases().aloneSilent()
                            : twoPhases().alone(named(0, vote)))));
  }

  private void findAlone() {
    ForeignCalls.of(() -> branches.get(0).committedAlone())
        .whenComplete(
            (found, failure) ->
                context.execute(
                    () -> {
                      if (found == null) {
                        later(this::findAlone);
                      } else {
                        take(twoPhases().foundAlone(finding(found)));
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
    answer.prepared();
    Decision decision = Decision.toCommit(participants, answer.trace());
    if (decider.isPresent()) {
      decideInLastBranch(decider.get(), decision);
      return;
    }
    OpenEpoch epoch = begun().epoch();
    around
        .decisions()
        .decide(epoch.session(), epoch.epoch(), begun().id().sequence(), decision)
        .thenAccept(
            attempt ->
                context.execute(
                    () -> take(twoPhases().decided(attempt, "the cluster could not be reached"))));
  }

  private void decideInLastBranch(DecidingBranch last, Decision decision) {
    ForeignCalls.of(() -> last.commitDeciding(begun().id(), decision.encode().text(), within()))
        .whenComplete((vote, failure) -> context.execute(() -> take(decidedInLastBranch(vote))));
  }

  private List<Step> decidedInLastBranch(@Nullable Vote vote) {
    if (vote instanceof Vote.Refused refused) {
      return twoPhases().refused(noted(branches.size() - 1, refused.reason(), refused.cause()));
    }
    return twoPhases().decided(vote == null ? Attempt.UNKNOWN : Attempt.DECIDED, "no answer");
  }

  private void findDecision() {
    around
        .find(begun().id(), LOST)
        .whenComplete(
            (found, failure) ->
                context.execute(
                    () -> {
                      if (found == null) {
                        later(this::findDecision);
                      } else {
                        take(twoPhases().found(found));
                      }
                    }));
  }

  private void preCommit(int branch) {
    PhasedParticipant participant = (PhasedParticipant) branches.get(branch).participant();
    ForeignCalls.of(() -> participant.preCommit(List.of(begun().id().branch(branch))))
        .whenComplete(
            (noted, notWaitedFor) ->
                context.execute(() -> take(((ThreePhaseCommit) protocol).preCommitted(branch))));
  }

  private void end(int branch, boolean commit) {
    if (commit && around.rules().forgetsBeforeEnd()) {
      around.ended(begun().epoch(), begun().id(), Trace.COMMIT);
    }
    around
        .settlement()
        .end(
            branches.get(branch).participant(),
            begun().id().branch(branch),
            commit,
            () -> take(protocol.ended(branch)));
  }

  private void acknowledge(Answer with) {
    if (!(with instanceof TwoPhaseCommit.Unknown)) {
      timer.run();
    }
    answer.acknowledge(with);
  }

  private void finish(boolean committed) {
    Begun there = begun;
    if (there != null) {
      Trace aborted = decisionTried ? Trace.PERHAPS_ABORT : Trace.NONE;
      around.ended(there.epoch(), there.id(), committed ? Trace.COMMIT : aborted);
      answer.settled();
    }
  }

  /** As it is whenever it asks for what the other never does. */
  private TwoPhaseCommit twoPhases() {
    return (TwoPhaseCommit) protocol;
  }

  private Begun begun() {
    Begun there = begun;
    if (there == null) {
      throw new IllegalStateException("there is no epoch yet");
    }
    return there;
  }
}
