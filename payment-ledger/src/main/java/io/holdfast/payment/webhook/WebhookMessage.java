package io.holdfast.payment.webhook;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Json;
import java.time.Instant;

/**
 * One event of an account, to be sent.
 *
 * @param id unique in the ledger, the same at each try; receivers drop what they have had
 * @param account whose
 * @param type such as {@code payment.captured}
 * @param body JSON, of the event
 * @param at when it happened
 */
public record WebhookMessage(String id, AccountId account, String type, String body, Instant at) {

  /** What is posted: the event within what is said about it. */
  String json() {
    return "{\"id\":"
        + Json.write(id)
        + ",\"account\":"
        + Json.write(account)
        + ",\"type\":"
        + Json.write(type)
        + ",\"at\":"
        + Json.write(at)
        + ",\"data\":"
        + body
        + "}";
  }
}
