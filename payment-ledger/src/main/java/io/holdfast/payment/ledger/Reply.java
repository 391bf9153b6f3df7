package io.holdfast.payment.ledger;

import java.time.Instant;
import java.util.Optional;

/**
 * What a request came to.
 *
 * @param answer JSON of what was done; of the refusal if it was refused
 * @param refusal why it was refused; empty if it was done
 * @param origin whether it is the answer to this request or to an earlier one with the same key
 * @param node who executed it
 * @param at when
 */
public record Reply(
    String answer, Optional<Refusal> refusal, Origin origin, String node, Instant at) {

  /** Where a reply comes from. */
  public enum Origin {
    /** It was executed now. */
    EXECUTED,
    /** It had been executed before, under the same key. */
    REPLAYED,
    /** The same, and so long ago that the answer is kept no longer: it says only that much. */
    PRUNED
  }
}
