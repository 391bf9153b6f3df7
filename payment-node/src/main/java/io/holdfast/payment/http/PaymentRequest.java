package io.holdfast.payment.http;

import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Instruction;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/**
 * An instruction as it came in.
 *
 * @param instruction what is asked
 * @param key the client's name for it
 * @param hop whether a client or another node sent it
 */
record PaymentRequest(Instruction instruction, IdempotencyKey key, Hop hop) {

  enum Hop {
    FROM_CLIENT,
    FORWARDED
  }

  /** Reads it, or throws {@link ProblemException}. */
  static PaymentRequest read(RoutingContext context) {
    String key = context.request().getHeader(Headers.IDEMPOTENCY_KEY);
    if (key == null || key.isEmpty()) {
      throw new ProblemException(Problem.keyMissing());
    }
    try {
      IdempotencyKey parsed = new IdempotencyKey(key);
      JsonObject body = context.body().asJsonObject();
      if (body == null) {
        throw new IllegalArgumentException("the body must be a JSON object");
      }
      Instruction instruction =
          context.request().path().equals(InstructionJson.TRANSFERS)
              ? InstructionJson.transfer(body)
              : InstructionJson.opening(body, parsed);
      Hop hop =
          context.request().headers().contains(Headers.FORWARDED_BY)
              ? Hop.FORWARDED
              : Hop.FROM_CLIENT;
      return new PaymentRequest(instruction, parsed, hop);
    } catch (DecodeException | ClassCastException e) {
      throw new ProblemException(Problem.invalid("the body must be a JSON object"));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problem.invalid(String.valueOf(e.getMessage())));
    }
  }
}
