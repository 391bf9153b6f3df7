package io.holdfast.payment.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.Trace;
import io.holdfast.payment.scenario.topup.CardNumbers;
import io.holdfast.payment.security.Authentication;
import io.holdfast.payment.security.CallerIdentity;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A request as it came in.
 *
 * @param operation what is asked
 * @param request how
 * @param path where it was asked for
 * @param body as it came
 * @param key the client's name for it
 * @param identity who asks
 * @param forward the number of the forward by which another node of this ledger sent it; empty if a
 *     client did
 * @param trace that it belongs to
 * @param timeout how long whoever sent it waits for the answer
 */
record PaymentRequest<R extends Record>(
    Operation<R> operation,
    R request,
    String path,
    String body,
    IdempotencyKey key,
    CallerIdentity identity,
    Optional<String> forward,
    Trace trace,
    ClientTimeout timeout) {

  /** Where a request that was forwarded keeps its number. */
  static final String NONCE = "forward-nonce";

  int shard(ShardMap map) {
    return operation.scope(request).shard(map);
  }

  /**
   * Reads it, or throws {@link ProblemException} or {@link
   * io.holdfast.payment.security.DeniedException}. What is asked follows from the route that was
   * taken and never from the path as it was written, which has many forms.
   */
  static <R extends Record> PaymentRequest<R> read(
      RoutingContext context,
      Operation<R> operation,
      Authentication authentication,
      ForwardProof proof,
      ShardMap map,
      LongSupplier nanoTime) {
    HttpServerRequest http = context.request();
    try {
      String body = context.body().isEmpty() ? "{}" : context.body().asString();
      if ((context.body().buffer() != null
              && CardNumbers.isInBody(context.body().buffer().getBytes()))
          || context.pathParams().values().stream().anyMatch(CardNumbers::isIn)) {
        throw new ProblemException(Problem.cardNumber());
      }
      String path = path(operation, context.pathParams());
      Optional<String> forward = forward(http, path, body, proof);
      // From here on whatever is answered is an answer to the forward.
      forward.ifPresent(nonce -> context.put(NONCE, nonce));
      CallerIdentity identity =
          forward.isPresent()
              ? authentication.forwarded(http.getHeader(Headers.CALLER))
              : authentication.of(context);
      Authentication.requireAny(identity.caller(), operation.roles());
      IdempotencyKey key = key(http);
      ClientTimeout timeout = ClientTimeout.of(http, nanoTime);
      R request = Json.read(whole(body, context.pathParams()), operation.request());
      if (!operation.scope(request).isIn(map)) {
        throw new ProblemException(Problem.noSuchResource(path));
      }
      return new PaymentRequest<>(
          operation, request, path, body, key, identity, forward, observed(context), timeout);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problem.invalid(String.valueOf(e.getMessage())));
    }
  }

  private static Trace observed(RoutingContext context) {
    return Observed.of(context).<Trace>map(Observed::span).orElse(Trace.NONE);
  }

  private static String path(Operation<?> operation, Map<String, String> parameters) {
    String path = operation.route().path();
    for (Map.Entry<String, String> each : parameters.entrySet()) {
      if (!each.getValue().matches("[A-Za-z0-9._-]{1,100}")) {
        throw new IllegalArgumentException("the path names no " + each.getKey());
      }
      path = path.replace("{" + each.getKey() + "}", each.getValue());
    }
    return path;
  }

  /** The body, with what stands in the path. */
  private static String whole(String body, Map<String, String> parameters) {
    if (parameters.isEmpty()) {
      return body;
    }
    if (!(Json.read(body, JsonNode.class) instanceof ObjectNode object)) {
      throw new IllegalArgumentException("the body must be a JSON object");
    }
    parameters.forEach(
        (name, value) -> {
          if (object.has(name)) {
            throw new IllegalArgumentException(
                "the field " + name + " stands in the path, and not in the body as well");
          }
          object.put(name, value);
        });
    return object.toString();
  }

  private static Optional<String> forward(
      HttpServerRequest request, String path, String body, ForwardProof proof) {
    if (!request.headers().contains(Headers.FORWARDED_BY)) {
      return Optional.empty();
    }
    String nonce = request.getHeader(Headers.FORWARD_NONCE);
    String shown = request.getHeader(Headers.FORWARD_PROOF);
    String caller = request.getHeader(Headers.CALLER);
    String key = request.getHeader(Headers.IDEMPOTENCY_KEY);
    if (nonce == null
        || shown == null
        || caller == null
        || key == null
        || !proof.provesRequest(shown, nonce, key, caller, path, body)) {
      throw new ProblemException(Problem.otherLedger());
    }
    return Optional.of(nonce);
  }

  private static IdempotencyKey key(HttpServerRequest request) {
    List<String> keys = request.headers().getAll(Headers.IDEMPOTENCY_KEY);
    if (keys.size() > 1) {
      throw new IllegalArgumentException("send one header Idempotency-Key, not " + keys.size());
    }
    if (keys.isEmpty() || keys.get(0).isEmpty()) {
      throw new ProblemException(Problem.keyMissing());
    }
    return new IdempotencyKey(keys.get(0));
  }
}
