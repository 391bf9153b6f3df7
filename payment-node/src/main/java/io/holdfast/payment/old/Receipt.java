package io.holdfast.payment.old;

import io.holdfast.payment.ledger.IdempotencyKey;
import java.time.Instant;
import java.util.Optional;

/**
 * The durable answer to an instruction. Whoever holds one may tell the client.
 *
 * @param key the client's name for the request
 * @param instruction what was asked
 * @param refusal empty if it was booked; otherwise nothing was
 * @param executedBy the node that executed it, at the first time
 * @param at when, by the database's clock
 * @param origin whether this call executed it or found it done
 */
public record Receipt(
    IdempotencyKey key,
    Instruction instruction,
    Optional<Refusal> refusal,
    String executedBy,
    Instant at,
    Origin origin) {

  /** Where a receipt comes from. */
  public enum Origin {
    /** This call executed the instruction. */
    EXECUTED,
    /** An earlier one had; this is its answer. */
    REPLAYED
  }
}
