package io.holdfast.payment.http;

import io.holdfast.http.CallOutcomeUnknownException;
import io.holdfast.http.HttpCall;
import io.holdfast.http.HttpCallException;
import io.holdfast.payment.http.Answer.Replay;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.payment.metrics.Counters.Count;
import io.holdfast.payment.trace.TraceContext;
import io.holdfast.spi.Durations;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Passes requests on to the owner of their shard.
 *
 * <p>Tries again, with a fresh look at who owns the shard, when the owner says that it is not (421)
 * or does not answer, and as soon as the view changes when nobody owns it, until the budget is used
 * up. An answer that does not prove to come from a node of this ledger is not passed on. Sending
 * twice is safe only because every request carries an idempotency key. Before each attempt this
 * node tries itself: it may have become the owner in the meantime. A forwarded request is not
 * forwarded again, so there are no loops.
 */
final class Forwarder {

  private static final long PAUSE_MILLIS = 50;

  /** Without news of an owner: in case a change came just before it was waited for. */
  private static final long LOOK_AGAIN_MILLIS = 500;

  private static final int SERVER_ERRORS = 500;

  /** Many times what an owner says: who sends more is none. */
  private static final BodyHandler<byte[]> ANSWER_BODY = BoundedBody.ofAtMost(64 * 1024);

  private final Vertx vertx;

  private final NodeClient nodes;

  private final LocalExecution local;
  private final Counters counters;
  private final Duration budget;

  /** Requests whose shard has no owner that we know of. */
  private final Set<Course> orphaned = ConcurrentHashMap.newKeySet();

  Forwarder(
      Vertx vertx,
      NodeClient nodes,
      Owners owners,
      LocalExecution local,
      Counters counters,
      Duration budget) {
    this.vertx = vertx;
    this.nodes = nodes;
    this.local = local;
    this.counters = counters;
    this.budget = budget;
    owners.onChange(() -> List.copyOf(orphaned).forEach(Course::wake));
  }

  /** Executes here or elsewhere; on the event loop of the caller. Never fails but by a bug. */
  Future<Answer> answer(PaymentRequest<?> request) {
    Course course =
        new Course(
            request, vertx.getOrCreateContext(), System.nanoTime() + Durations.nanos(budget));
    course.next();
    return course.done.future();
  }

  /** One request on its way; confined to one event loop. */
  private final class Course {
    final PaymentRequest<?> request;
    final Context context;
    final long deadline;
    final Promise<Answer> done = Promise.promise();

    /** True once an attempt may have reached an owner whose answer we did not get. */
    boolean perhapsDone;

    Course(PaymentRequest<?> request, Context context, long deadline) {
      this.request = request;
      this.context = context;
      this.deadline = deadline;
    }

    void next() {
      Future.fromCompletionStage(local.execute(request), context)
          .onComplete(here -> here.ifPresentOrElse(this::definite, this::elsewhere), done::fail);
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
      String path = request.path();
      String body = request.body();
      String key = request.key().value();
      String caller = request.identity().text();
      String nonce = nodes.proof().nonce();
      HttpCall call =
          HttpCall.post(path, body)
              .withIdempotencyKey(key)
              .withHeader("Content-Type", "application/json")
              .withHeader(Headers.CALLER, caller)
              .withHeader(Headers.TIMEOUT, request.timeout().header())
              .withHeader(Headers.FORWARDED_BY, nodes.node())
              .withHeader(Headers.FORWARD_NONCE, nonce)
              .withHeader(
                  Headers.FORWARD_PROOF, nodes.proof().ofRequest(nonce, key, caller, path, body))
              .within(Duration.ofMillis(patience));
      HttpCall traced =
          request
              .trace()
              .parent()
              .map(parent -> call.withHeader(TraceContext.HEADER, parent))
              .orElse(call);
      long began = System.nanoTime();
      Future.fromCompletionStage(nodes.byShard().get(shard).send(traced, ANSWER_BODY), context)
          .andThen(any -> request.trace().over("forward", shard, began, System.nanoTime()))
          .onComplete(answer -> answered(nonce, answer.response()), this::failed);
    }

    void answered(String nonce, HttpResponse<byte[]> response) {
      Answer answer =
          new Answer(
              response.statusCode(),
              response.headers().firstValue("Content-Type").orElse("application/json"),
              Buffer.buffer(response.body()),
              response.headers().firstValue(Headers.REPLAYED).equals(Optional.of("true"))
                  ? Replay.REPLAYED
                  : Replay.FIRST,
              passedOn(response));
      String shown = response.headers().firstValue(Headers.FORWARD_PROOF).orElse("");
      if (!nodes.proof().provesAnswer(shown, nonce, answer)) {
        counters.add(Count.STRANGERS);
        // What a stranger says proves nothing, not even that nothing was done.
        perhapsDone = true;
        again();
      } else if (answer.status() == NodeClient.MISDIRECTED) {
        again();
      } else {
        counters.add(Count.FORWARDED);
        definite(answer);
      }
    }

    /** What is under way under our key may be an attempt of our own, which will have an answer. */
    void definite(Answer answer) {
      boolean ours = perhapsDone && answer.isRetryLater();
      if (ours && System.nanoTime() - deadline < 0) {
        pause();
      } else {
        finish(answer);
      }
    }

    private static Map<String, String> passedOn(HttpResponse<?> response) {
      Map<String, String> headers = new HashMap<>();
      for (String name : List.of(Headers.NODE, Answer.RETRY_AFTER)) {
        response
            .headers()
            .firstValue(name)
            .filter(value -> value.matches("[A-Za-z0-9._-]{1,64}"))
            .ifPresent(value -> headers.put(name, value));
      }
      return headers;
    }

    void failed(Throwable failure) {
      perhapsDone |= failure instanceof CallOutcomeUnknownException;
      if (failure instanceof HttpCallException none && none.tries() == 0) {
        awaitOwner();
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

    void awaitOwner() {
      orphaned.add(this);
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      vertx.setTimer(Math.max(1, Math.min(LOOK_AGAIN_MILLIS, left)), timer -> look());
    }

    /** From any thread. */
    void wake() {
      context.runOnContext(now -> look());
    }

    void look() {
      if (orphaned.remove(this)) {
        next();
      }
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
