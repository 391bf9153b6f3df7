package io.holdfast.payment.ledger;

import io.holdfast.lock.FencingToken;

/**
 * The right to write to a shard, for as long as nobody has sealed it with a greater token.
 *
 * @param shard which
 * @param token the fencing token of the shard's lock
 */
public record Fence(int shard, FencingToken token) {}
