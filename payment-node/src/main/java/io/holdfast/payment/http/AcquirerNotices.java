package io.holdfast.payment.http;

import io.holdfast.http.server.ClientConnections;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Submission;
import io.holdfast.payment.ledger.Trace;
import io.holdfast.payment.scenario.topup.CheckTopUp;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import io.holdfast.payment.scenario.topup.acquirer.Notice;
import io.holdfast.payment.security.CallerIdentity;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * {@code POST /acquirer/notices}: the acquirer says that there is something new about a top-up,
 * signed with the key that it knows this ledger by. Then it is asked about that top-up. Answers 200
 * when that is certain to happen; 401 to everybody else; else a problem, and the acquirer sends its
 * notice again.
 */
final class AcquirerNotices {

  private static final long LARGEST_BODY = 4 * 1024;
  private static final int ERRORS = 400;

  private final byte[] secret;
  private final Forwarder forwarder;
  private final LongSupplier nanoTime;
  private final InstantSource clock = InstantSource.system();

  AcquirerNotices(AcquirerConfig acquirer, Forwarder forwarder, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.secret = acquirer.key().getBytes(StandardCharsets.UTF_8);
    this.forwarder = forwarder;
  }

  void add(Router router, ClientConnections connections) {
    router
        .post("/acquirer/notices")
        .handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY))
        .handler(
            context -> {
              connections.read(context.request());
              forwarder
                  .answer(request(context))
                  .map(answer -> answer.status() < ERRORS ? taken() : answer)
                  .onComplete(answer -> answer.send(context.response()), context::fail);
            });
  }

  /** The acquirer is told nothing about the top-up. */
  private static Answer taken() {
    return Answer.json(200, new JsonObject());
  }

  private PaymentRequest<CheckTopUp.Request> request(RoutingContext context) {
    byte[] body =
        context.body().buffer() == null ? new byte[0] : context.body().buffer().getBytes();
    List<String> signatures = context.request().headers().getAll(Notice.SIGNATURE);
    if (signatures.size() != 1
        || Notice.sender(body, signatures.get(0), secret, clock.instant())
            != Notice.Sender.ACQUIRER) {
      throw new ProblemException(Problem.unsigned());
    }
    try {
      Submission<CheckTopUp.Request> asked = CheckTopUp.because(Notice.read(body));
      String topUp = asked.request().topup().value();
      return new PaymentRequest<>(
          asked.operation(),
          asked.request(),
          asked.operation().route().path().replace("{topup}", topUp),
          "{}",
          asked.key(),
          new CallerIdentity(Caller.SYSTEM, Optional.empty()),
          Optional.empty(),
          Trace.NONE,
          ClientTimeout.usual(nanoTime));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problem.invalid(String.valueOf(e.getMessage())));
    }
  }
}
