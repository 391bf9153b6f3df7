package io.holdfast.payment.http;

import io.holdfast.payment.http.Answer.Replay;
import io.holdfast.payment.http.Peer.Attempt;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.payment.metrics.Counters.Count;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

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

  private final Vertx vertx;
  private final WebClient client;
  private final Owners owners;
  private final LocalExecution local;
  private final Counters counters;
  private final String node;
  private final Duration budget;

  Forwarder(
      Vertx vertx,
      WebClient client,
      Owners owners,
      LocalExecution local,
      Counters counters,
      String node,
      Duration budget) {
    this.vertx = vertx;
    this.client = client;
    this.owners = owners;
    this.local = local;
    this.counters = counters;
    this.node = node;
    this.budget = budget;
  }

  /** Executes here or elsewhere; on the event loop of the caller. Never fails but by a bug. */
  Future<Answer> answer(PaymentRequest request) {
    Course course = new Course(request, System.nanoTime() + budget.toNanos());
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
          .onComplete(here -> here.ifPresentOrElse(done::complete, this::elsewhere), done::fail);
    }

    void elsewhere() {
      int shard = local.shardOf(request);
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        giveUp(shard);
        return;
      }
      Optional<Peer> owner = owners.ownerOf(shard);
      if (owner.isEmpty()) {
        pause();
      } else {
        send(owner.get(), left);
      }
    }

    void send(Peer peer, long left) {
      // A frozen owner must not eat the whole budget: its shard may be taken over meanwhile.
      long patience = Math.max(PAUSE_MILLIS, Math.min(left, budget.toMillis() / 3));
      client
          .post(peer.port(), peer.host(), InstructionJson.path(request.instruction()))
          .putHeader(Headers.IDEMPOTENCY_KEY, request.key().value())
          .putHeader(Headers.FORWARDED_BY, node)
          .timeout(patience)
          .sendJsonObject(InstructionJson.write(request.instruction()))
          .onComplete(response -> answered(peer, response), failure -> failed(peer, failure));
    }

    void answered(Peer peer, HttpResponse<Buffer> response) {
      if (response.statusCode() == MISDIRECTED) {
        peer.finished(Attempt.FAILED);
        again();
        return;
      }
      peer.finished(response.statusCode() < 500 ? Attempt.ANSWERED : Attempt.FAILED);
      counters.add(Count.FORWARDED);
      String type = response.getHeader("Content-Type");
      Buffer body = response.body();
      done.complete(
          new Answer(
              response.statusCode(),
              type == null ? "application/json" : type,
              body == null ? Buffer.buffer() : body,
              "true".equals(response.getHeader(Headers.REPLAYED))
                  ? Replay.REPLAYED
                  : Replay.FIRST));
    }

    void failed(Peer peer, Throwable failure) {
      peer.finished(Attempt.FAILED);
      perhapsDone |= !(failure instanceof ConnectException);
      again();
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
      Problem problem = perhapsDone ? Problem.outcomeUnknown() : Problem.noOwner(shard);
      done.complete(problem.answer());
    }
  }
}
