package io.holdfast.payment.ledger.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * When, by whom and by what right a batch works.
 *
 * @param token that of the shard's owner
 * @param deadline how long a branch may wait for its decision
 */
record Moment(Instant now, String node, UUID token, Duration deadline) {}
