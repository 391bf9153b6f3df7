package io.holdfast.payment.ledger.internal;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * What was asked under a key, and what it came to.
 *
 * @param digest hexadecimal SHA-256 of type and request
 * @param answer JSON: what was done, or the refusal; empty while pending, and when it was pruned
 * @param transaction the branch that it waits for, or that did it; or the name of what was done at
 *     once in several shards of a database; empty if it is of one shard
 */
record OperationRow(
    OperationKey key,
    String digest,
    String type,
    State state,
    Optional<String> answer,
    Optional<String> transaction,
    String node,
    UUID token,
    Instant at) {

  enum State {
    PENDING,
    DONE,
    REFUSED
  }

  /** Without its answer, which is kept no longer. */
  OperationRow pruned() {
    return new OperationRow(
        key, digest, type, state, Optional.empty(), transaction, node, token, at);
  }

  OperationRow ended(State as, String with) {
    return new OperationRow(key, digest, type, as, Optional.of(with), transaction, node, token, at);
  }
}
