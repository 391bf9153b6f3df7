package io.holdfast.payment.http;

import io.holdfast.http.BalancedHttpClient;
import io.holdfast.http.CallOutcomeUnknownException;
import io.holdfast.http.CallRules;
import io.holdfast.http.HttpCall;
import io.holdfast.http.HttpCallException;
import io.holdfast.http.ResponseVerdict;
import io.holdfast.loadbalancer.retry.RetryBudget;
import io.holdfast.loadbalancer.retry.RetryRules;
import io.holdfast.payment.http.Answer.Replay;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.payment.metrics.Counters.Count;
import io.holdfast.spi.Durations;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Passes requests on to the owner of their shard.
 *
 * <p>Tries again, with a fresh look at who owns the shard, when the owner says that it is not (421)
 * or does not answer, until the budget is used up. Sending twice is safe only because every request
 * carries an idempotency key. Before each attempt this node tries itself: it may have become the
 * owner in the meantime. A forwarded request is not forwarded again, so there are no loops.
 */
final class Forwarder {

  private static final long PAUSE_MILLIS = 50;
  private static final int MISDIRECTED = 421;
  private static final int SERVER_ERRORS = 500;
  private static final Duration CONNECT = Duration.ofSeconds(1);

  private final Vertx vertx;

  /** By shard: one try each, for who owns the shard is looked up anew before every try. */
  private final List<BalancedHttpClient> owners;

  private final LocalExecution local;
  private final Counters counters;
  private final String node;
  private final Duration budget;

  Forwarder(
      Vertx vertx,
      Owners owners,
      LocalExecution local,
      Counters counters,
      String node,
      Duration budget) {
    this.vertx = vertx;
    this.local = local;
    this.counters = counters;
    this.node = node;
    this.budget = budget;
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    RetryBudget none = new RetryBudget(0, 0);
    CallRules rules =
        CallRules.standard()
            .withRetries(RetryRules.never())
            .withAttempt(budget)
            .withJudge(Forwarder::judge);
    this.owners =
        IntStream.range(0, local.shards())
            .mapToObj(shard -> new BalancedHttpClient(owners.ofShard(shard), rules, none, http))
            .toList();
  }

  private static ResponseVerdict judge(HttpResponse<?> response) {
    return response.statusCode() == MISDIRECTED
        ? ResponseVerdict.REFUSED
        : ResponseVerdict.byStatus(response);
  }

  /** Executes here or elsewhere; on the event loop of the caller. Never fails but by a bug. */
  Future<Answer> answer(PaymentRequest request) {
    Course course = new Course(request, System.nanoTime() + Durations.nanos(budget));
    course.next();
    return course.done.future();
  }

  /** One request on its way; confined to one event loop. */
  private final class Course {
    final PaymentRequest request;
    final long deadline;
    final Promise<Answer> done = Promise.promise();

    /** True once an attempt may have reached an owner whose answer we did not get. */
    boolean perhapsDone;

    Course(PaymentRequest request, long deadline) {
      this.request = request;
      this.deadline = deadline;
    }

    void next() {
      Future.fromCompletionStage(local.execute(request), vertx.getOrCreateContext())
          .onComplete(here -> here.ifPresentOrElse(this::finish, this::elsewhere), done::fail);
    }

    void elsewhere() {
      int shard = local.shardOf(request);
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        giveUp(shard);
        return;
      }
      send(shard, left);
    }

    void send(int shard, long left) {
      // A frozen owner must not eat the whole budget: its shard may be taken over meanwhile.
      long patience = Math.max(PAUSE_MILLIS, Math.min(left, budget.toMillis() / 3));
      HttpCall call =
          HttpCall.post(
                  InstructionJson.path(request.instruction()),
                  InstructionJson.write(request.instruction()).encode())
              .withIdempotencyKey(request.key().value())
              .withHeader("Content-Type", "application/json")
              .withHeader(Headers.FORWARDED_BY, node)
              .within(Duration.ofMillis(patience));
      Future.fromCompletionStage(
              owners.get(shard).send(call, BodyHandlers.ofByteArray()), vertx.getOrCreateContext())
          .onComplete(answer -> answered(answer.response()), this::failed);
    }

    void answered(HttpResponse<byte[]> response) {
      if (response.statusCode() == MISDIRECTED) {
        again();
        return;
      }
      counters.add(Count.FORWARDED);
      finish(
          new Answer(
              response.statusCode(),
              response.headers().firstValue("Content-Type").orElse("application/json"),
              Buffer.buffer(response.body()),
              response.headers().firstValue(Headers.REPLAYED).equals(Optional.of("true"))
                  ? Replay.REPLAYED
                  : Replay.FIRST));
    }

    void failed(Throwable failure) {
      perhapsDone |= failure instanceof CallOutcomeUnknownException;
      if (failure instanceof HttpCallException none && none.tries() == 0) {
        pause();
      } else {
        again();
      }
    }

    void again() {
      counters.add(Count.FORWARD_RETRIES);
      pause();
    }

    void pause() {
      vertx.setTimer(PAUSE_MILLIS, timer -> next());
    }

    void giveUp(int shard) {
      counters.add(Count.NO_OWNER);
      finish(Problem.noOwner(shard).answer());
    }

    /** Whoever says that nothing was done speaks of this attempt, not of those before it. */
    void finish(Answer answer) {
      done.complete(
          perhapsDone && answer.status() >= SERVER_ERRORS
              ? Problem.outcomeUnknown().answer()
              : answer);
    }
  }
}
