package io.holdfast.payment.load;

import io.holdfast.http.Answer;
import io.holdfast.http.BalancedHttpClient;
import io.holdfast.http.CallRules;
import io.holdfast.http.HttpCall;
import io.holdfast.http.HttpCallException;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.retry.RetryBudget;
import io.holdfast.loadbalancer.retry.RetryRules;
import io.holdfast.payment.audit.Journal;
import io.holdfast.payment.audit.Journal.Verdict;
import io.holdfast.payment.http.InstructionJson;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.old.Instruction;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests as a good client does: notes them first, then tries under the same key, at
 * whatever node it is given, until the answer is definite or its patience ends.
 */
final class PaymentClient {

  private static final Duration ATTEMPT = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** Client errors that say nothing of the request itself: time-out, misdirected, too many. */
  private static final Set<Integer> NOT_DEFINITE = Set.of(408, 421, 425, 429);

  private final BalancedHttpClient nodes;
  private final ShardMap map;
  private final Journal journal;
  private final LoadRecord record;

  /**
   * A client.
   *
   * @param patience for one request, all its tries together
   */
  PaymentClient(
      LoadBalancer nodes, ShardMap map, Journal journal, LoadRecord record, Duration patience) {
    RetryRules untilDefinite =
        RetryRules.standard().withAttempts(Integer.MAX_VALUE).withBackoff(PAUSE, PAUSE);
    this.nodes =
        new BalancedHttpClient(
            nodes,
            CallRules.standard()
                .withRetries(untilDefinite)
                .withAttempt(ATTEMPT)
                .withDeadline(patience)
                .withJudge(response -> judge(response.statusCode())),
            new RetryBudget(0, Integer.MAX_VALUE),
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build());
    this.map = map;
    this.journal = journal;
    this.record = record;
  }

  /**
   * Sends one request until its answer is definite.
   *
   * @param dueNanos when it should have been sent
   */
  Verdict send(IdempotencyKey key, Instruction instruction, long dueNanos)
      throws InterruptedException {
    CompletableFuture<Verdict> sent = sendAsync(key, instruction, dueNanos);
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
  CompletableFuture<Verdict> sendAsync(IdempotencyKey key, Instruction instruction, long dueNanos) {
    journal.asked(key, instruction);
    int shard = map.shardOf(instruction.account());
    long begun = System.nanoTime();
    record.sent(shard, dueNanos, begun);
    boolean orphan = record.isOrphaned(shard);
    CompletableFuture<Answer<Void>> sent = nodes.send(call(key, instruction));
    CompletableFuture<Verdict> told =
        sent.handle(
            (answer, failure) -> {
              Verdict verdict = verdict(answer, failure);
              journal.told(key, verdict);
              if (verdict != Verdict.UNRESOLVED) {
                record.took(shard, orphan, dueNanos, begun, System.nanoTime());
              }
              count(verdict, answer != null && answer.perhapsRepeated(), shard, begun);
              return verdict;
            });
    told.whenComplete(
        (verdict, failure) -> {
          if (failure instanceof CancellationException) {
            sent.cancel(true);
          }
        });
    return told;
  }

  private Verdict verdict(@Nullable Answer<Void> answer, @Nullable Throwable failure) {
    if (answer != null) {
      record.retried(answer.tries() - 1);
      return verdict(answer.response().statusCode());
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof HttpCallException unanswered) {
      record.retried(Math.max(0, unanswered.tries() - 1));
    } else if (!(cause instanceof CancellationException)) {
      throw new IllegalStateException("a payment client failed by a fault of its own", cause);
    }
    return Verdict.UNRESOLVED;
  }

  private void count(Verdict verdict, boolean wasUnknown, int shard, long begun) {
    switch (verdict) {
      case ACKNOWLEDGED -> record.acknowledged(shard, begun);
      case REFUSED -> record.refused();
      case UNRESOLVED -> record.unresolved();
    }
    if (wasUnknown && verdict != Verdict.UNRESOLVED) {
      record.unknownResolved();
    }
  }

  private static HttpCall call(IdempotencyKey key, Instruction instruction) {
    return HttpCall.post(
            InstructionJson.path(instruction), InstructionJson.write(instruction).encode())
        .withIdempotencyKey(key.value())
        .withHeader("Content-Type", "application/json");
  }

  private static Verdict verdict(int status) {
    if (status == 200 || status == 201) {
      return Verdict.ACKNOWLEDGED;
    }
    return isRefusal(status) ? Verdict.REFUSED : Verdict.UNRESOLVED;
  }

  private static boolean isRefusal(int status) {
    return status >= 400 && status < 500 && !NOT_DEFINITE.contains(status);
  }

  /** Under its key a request may be sent as often as it takes, so all else counts as unknown. */
  private static io.holdfast.http.ResponseVerdict judge(int status) {
    return verdict(status) == Verdict.UNRESOLVED
        ? io.holdfast.http.ResponseVerdict.FAILED
        : io.holdfast.http.ResponseVerdict.ANSWERED;
  }
}
