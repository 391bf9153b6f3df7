package io.holdfast.payment.load;

import io.holdfast.http.Answer;
import io.holdfast.http.BalancedHttpClient;
import io.holdfast.http.CallRules;
import io.holdfast.http.HttpCall;
import io.holdfast.http.HttpCallException;
import io.holdfast.http.ResponseVerdict;
import io.holdfast.loadbalancer.retry.RetryBudget;
import io.holdfast.loadbalancer.retry.RetryRules;
import io.holdfast.payment.cluster.PaymentDirectory;
import io.holdfast.payment.http.Headers;
import io.holdfast.payment.ledger.audit.ClientJournal;
import io.holdfast.payment.ledger.audit.ClientJournal.Verdict;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests as a good client does: notes them first, then tries under the same key, first at
 * the node that says that it owns the shard and then at the others, until the answer is definite or
 * its patience ends.
 */
final class PaymentClient {

  /**
   * Connecting included: a node that has many handshakes of TLS to make gets nowhere if those who
   * wait for them give up and begin anew.
   */
  private static final Duration ATTEMPT = Duration.ofSeconds(10);

  /** So that clients of a cluster that cannot keep up do not give it more to do than it has. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private static final Duration PAUSE = Duration.ofMillis(200);

  private static final int SERVER_ERRORS = 500;

  /** Client errors that say nothing of the request itself: time-out, misdirected, too many. */
  private static final Set<Integer> NOT_DEFINITE = Set.of(408, 421, 425, 429);

  /** By the shard that executes the request. */
  private final List<BalancedHttpClient> byShard;

  private final LoadTarget target;
  private final ClientJournal journal;
  private final LoadRecord record;

  /**
   * A client.
   *
   * @param patience for one request, all its tries together
   */
  PaymentClient(LoadTarget target, ClientJournal journal, LoadRecord record, Duration patience) {
    RetryRules untilDefinite =
        RetryRules.standard().withAttempts(Integer.MAX_VALUE).withBackoff(PAUSE, LONGEST_PAUSE);
    CallRules rules =
        CallRules.standard()
            .withRetries(untilDefinite)
            .withAttempt(ATTEMPT)
            .withDeadline(patience)
            .withJudge(PaymentClient::judge);
    CallRules secured = target.rules(rules);
    RetryBudget unbounded = new RetryBudget(0, Integer.MAX_VALUE);
    HttpClient http = target.http(ATTEMPT);
    this.byShard =
        IntStream.range(0, target.map().shards())
            .mapToObj(shard -> PaymentDirectory.ownerFirst(target.nodes(), shard))
            .map(owner -> new BalancedHttpClient(owner, secured, unbounded, http))
            .toList();
    this.target = target;
    this.journal = journal;
    this.record = record;
  }

  /**
   * What became of a request.
   *
   * @param body of the answer; empty without one
   */
  record Told(Verdict verdict, Optional<String> body) {}

  /**
   * Sends one request until its answer is definite.
   *
   * @param dueNanos when it should have been sent
   */
  Told send(LoadRequest request, long dueNanos) throws InterruptedException {
    CompletableFuture<Told> sent = sendAsync(request, dueNanos);
    try {
      return sent.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a payment client failed by a fault of its own", e);
    } finally {
      sent.cancel(true);
    }
  }

  /**
   * Sends one request, without waiting for its answer.
   *
   * @return what became of it; cancelling it gives the request up, unresolved
   */
  CompletableFuture<Told> sendAsync(LoadRequest request, long dueNanos) {
    journal.asked(request.asked());
    int shard = request.shard(target.map());
    Set<Integer> shards = request.shards(target.map());
    long begun = System.nanoTime();
    record.sent(shards, dueNanos, begun);
    boolean orphan = record.isOrphaned(shards);
    CompletableFuture<Answer<String>> sent =
        byShard.get(shard).send(call(request), HttpResponse.BodyHandlers.ofString());
    CompletableFuture<Told> told =
        sent.handle(
            (answer, failure) -> {
              Verdict verdict = verdict(answer, failure);
              journal.told(request.requestKey(), verdict);
              if (verdict != Verdict.UNKNOWN) {
                record.took(shards, orphan, dueNanos, begun, System.nanoTime());
              }
              count(verdict, answer != null && answer.perhapsRepeated(), shard, begun);
              return new Told(
                  verdict, Optional.ofNullable(answer).map(with -> with.response().body()));
            });
    told.whenComplete(
        (verdict, failure) -> {
          if (failure instanceof CancellationException) {
            sent.cancel(true);
          }
        });
    return told;
  }

  private Verdict verdict(@Nullable Answer<String> answer, @Nullable Throwable failure) {
    if (answer != null) {
      record.retried(answer.tries() - 1);
      return verdict(answer.response());
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof HttpCallException unanswered) {
      record.retried(Math.max(0, unanswered.tries() - 1));
    } else if (!(cause instanceof CancellationException)) {
      throw new IllegalStateException("a payment client failed by a fault of its own", cause);
    }
    return Verdict.UNKNOWN;
  }

  private void count(Verdict verdict, boolean wasUnknown, int shard, long begun) {
    switch (verdict) {
      case DONE -> record.acknowledged(shard, begun);
      case REFUSED -> record.refused();
      case UNKNOWN -> record.unresolved();
    }
    if (wasUnknown && verdict != Verdict.UNKNOWN) {
      record.unknownResolved();
    }
  }

  private HttpCall call(LoadRequest request) {
    return HttpCall.post(request.path(), request.body())
        .withIdempotencyKey(request.key().value())
        .withHeader("Authorization", "Bearer " + target.keys().apply(request.caller()))
        .withHeader(Headers.TIMEOUT, Long.toString(ATTEMPT.toMillis()))
        .withHeader("Content-Type", "application/json");
  }

  private static Verdict verdict(HttpResponse<?> response) {
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      return Verdict.DONE;
    }
    return isRefusal(response) ? Verdict.REFUSED : Verdict.UNKNOWN;
  }

  /** What says when to come again says nothing of the request itself. */
  private static boolean isRefusal(HttpResponse<?> response) {
    int status = response.statusCode();
    return status >= 400
        && status < 500
        && !NOT_DEFINITE.contains(status)
        && response.headers().firstValue("Retry-After").isEmpty();
  }

  /**
   * Under its key a request may be sent as often as it takes, so all else counts as unknown. A node
   * that says to come again, or to go elsewhere, is a good one.
   */
  private static ResponseVerdict judge(HttpResponse<?> response) {
    if (verdict(response) != Verdict.UNKNOWN) {
      return ResponseVerdict.ANSWERED;
    }
    return response.statusCode() < SERVER_ERRORS ? ResponseVerdict.LATER : ResponseVerdict.FAILED;
  }
}
