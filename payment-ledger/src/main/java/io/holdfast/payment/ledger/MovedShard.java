package io.holdfast.payment.ledger;

import java.time.Duration;

/**
 * A shard that has moved to another database.
 *
 * @param from where it was
 * @param to where it is; the same if there was nothing to do
 * @param rows so many were copied, some of them more than once
 * @param took from beginning to end
 * @param paused for so long, within that, requests of the shard waited
 */
public record MovedShard(
    int shard, String from, String to, long rows, Duration took, Duration paused) {}
