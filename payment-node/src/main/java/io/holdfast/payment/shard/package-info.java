/**
 * Who owns which shard of the ledger: the plan ({@link io.holdfast.payment.shard.Assignment}), the
 * locks that make it true, and the gates that requests pass. Knows nothing of HTTP.
 */
@NullMarked
package io.holdfast.payment.shard;

import org.jspecify.annotations.NullMarked;
