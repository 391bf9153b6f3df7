package io.holdfast.payment.http;

import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.old.Instruction;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/**
 * An instruction as it came in.
 *
 * @param instruction what is asked
 * @param key the client's name for it
 * @param forward the number of the forward by which another node of this ledger sent it; empty if a
 *     client did
 */
record PaymentRequest(Instruction instruction, IdempotencyKey key, Optional<String> forward) {

  /** Reads the instruction of one resource from its JSON. */
  interface Reader {
    Instruction read(JsonObject body, IdempotencyKey key);
  }

  /**
   * Reads it, or throws {@link ProblemException}. What is asked follows from the route that was
   * taken and never from the path as it was written, which has many forms.
   */
  static PaymentRequest read(RoutingContext context, Reader reader, ForwardProof proof) {
    HttpServerRequest request = context.request();
    try {
      IdempotencyKey key = key(request);
      Buffer body = context.body().buffer();
      Instruction instruction = reader.read(StrictJson.object(body), key);
      return new PaymentRequest(instruction, key, forward(request, key, instruction, body, proof));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problem.invalid(String.valueOf(e.getMessage())));
    }
  }

  private static Optional<String> forward(
      HttpServerRequest request,
      IdempotencyKey key,
      Instruction instruction,
      Buffer body,
      ForwardProof proof) {
    if (!request.headers().contains(Headers.FORWARDED_BY)) {
      return Optional.empty();
    }
    String nonce = request.headers().get(Headers.FORWARD_NONCE);
    String shown = request.headers().get(Headers.FORWARD_PROOF);
    if (nonce == null
        || shown == null
        || !proof.provesRequest(
            shown, nonce, key.value(), InstructionJson.path(instruction), body.toString())) {
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
