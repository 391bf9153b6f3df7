/**
 * The ledger in PostgreSQL: double entry, fenced shards, one effect per idempotency key. Knows
 * nothing of HTTP. Read {@link io.holdfast.payment.ledger.Operation} and {@link
 * io.holdfast.payment.ledger.Plan} first.
 */
@NullMarked
package io.holdfast.payment.ledger;

import org.jspecify.annotations.NullMarked;
