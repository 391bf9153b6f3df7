package io.holdfast.transaction;

import io.holdfast.spi.Context;
import io.holdfast.transaction.Outcome.Reason;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the caller of a commit hears, and when; with what listeners and the log are told of that.
 * Used by one thread at a time, but for the futures.
 */
final class CommitAnswer {

  private static final Logger LOG = LoggerFactory.getLogger(CommitAnswer.class);

  private final CommitContext around;
  private final Context context;
  private final int branches;
  private final DecisionPlace place;
  private final Supplier<Optional<TransactionId>> id;
  private final Optional<String> trace;
  private final long started;
  private final CompletableFuture<Outcome> answer = new CompletableFuture<>();
  private final CompletableFuture<Outcome> known = new CompletableFuture<>();
  private final CompletableFuture<Void> settled = new CompletableFuture<>();

  /** What was thrown, by what was said of it. */
  private final Map<String, Throwable> causes = new HashMap<>();

  /** When all were prepared, and when the caller had an answer; 0 before. */
  private long preparedAt;

  private long answeredAt;

  /** Of a commit that begins now, in the thread that calls for it. */
  CommitAnswer(
      CommitContext around,
      int branches,
      DecisionPlace place,
      Supplier<Optional<TransactionId>> id) {
    this.around = around;
    this.context = around.context();
    this.branches = branches;
    this.place = place;
    this.id = id;
    this.trace = around.trace();
    this.started = context.nanoTime();
  }

  /** Nothing that could hold up the context may depend on it. */
  CompletableFuture<Outcome> answer() {
    return answer;
  }

  /** Like {@link #answer}, but never unknown; fails if nobody will ever know. */
  CompletableFuture<Outcome> known() {
    return known;
  }

  Optional<String> trace() {
    return trace;
  }

  /** When commit was called. */
  long started() {
    return started;
  }

  /** It is under way. */
  void begun() {
    around.tell(() -> new TransactionEvent.Begun(branches, place));
  }

  /** All branches are. */
  void prepared() {
    preparedAt = context.nanoTime();
  }

  /** Something was thrown that may be why it is aborted. */
  void caused(String detail, Throwable thrown) {
    causes.put(detail, thrown);
  }

  void acknowledge(TwoPhaseCommit.Answer with) {
    if (with instanceof TwoPhaseCommit.Unknown) {
      unknown();
    } else if (with instanceof TwoPhaseCommit.Forgotten) {
      unknown();
      neverKnown(
          new OutcomeForgottenException(
              "others have settled the transaction long ago, all of it alike; its effects show"
                  + " how"));
    } else if (with instanceof TwoPhaseCommit.Aborted aborted) {
      tell(TransactionEvent.Answer.ABORTED, Optional.of(aborted.reason()));
      complete(
          new Outcome.Aborted(
              aborted.reason(),
              aborted.detail(),
              Optional.ofNullable(causes.get(aborted.detail()))));
    } else {
      tell(TransactionEvent.Answer.COMMITTED, Optional.empty());
      complete(new Outcome.Committed(new VisibilityToken(id.get())));
    }
  }

  private void complete(Outcome outcome) {
    answer.complete(outcome);
    known.complete(outcome);
  }

  /** Tells a caller that got "unknown" why it stays unknown. */
  void neverKnown(RuntimeException why) {
    known.completeExceptionally(why);
  }

  /** Every branch of a transaction with a name has ended. */
  void settled() {
    long settling = context.nanoTime() - answeredAt;
    around.tell(() -> new TransactionEvent.Settled(place, Duration.ofNanos(settling)));
    settled.complete(null);
  }

  /** Completes with {@link #settled}. */
  CompletableFuture<Void> whenSettled() {
    return settled;
  }

  private void unknown() {
    if (answer.isDone()) {
      return;
    }
    LOG.warn("it is not known in time how {} ends: finding out", this);
    tell(TransactionEvent.Answer.UNKNOWN, Optional.empty());
    // Nothing asynchronous may hang on this future itself: whoever runs it may then run what else
    // hangs there, which belongs to the context.
    answer.complete(new Outcome.Unknown(context.told(known)));
  }

  private void tell(TransactionEvent.Answer with, Optional<Reason> reason) {
    long now = context.nanoTime();
    if (answer.isDone()) {
      LOG.info("{} is {} after all", this, with);
      around.tell(() -> new TransactionEvent.Resolved(with, Duration.ofNanos(now - started)));
      return;
    }
    answeredAt = now;
    long until = preparedAt == 0 ? now : preparedAt;
    around.tell(
        () ->
            new TransactionEvent.Answered(
                with,
                reason,
                branches,
                place,
                Duration.ofNanos(until - started),
                Duration.ofNanos(now - until),
                trace));
  }

  @Override
  public String toString() {
    return "transaction "
        + id.get().map(TransactionId::toString).orElse("of one branch")
        + trace.map(text -> " (trace " + text + ")").orElse("");
  }
}
