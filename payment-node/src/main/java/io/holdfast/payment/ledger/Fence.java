package io.holdfast.payment.ledger;

import java.util.UUID;

/**
 * The right to write to a shard, for as long as nobody has sealed it with a greater token.
 *
 * @param shard which
 * @param token the fencing token of the shard's lock, as the uuid that PostgreSQL sorts alike
 */
public record Fence(int shard, UUID token) {}
