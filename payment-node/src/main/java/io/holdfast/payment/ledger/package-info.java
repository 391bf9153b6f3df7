/**
 * The ledger in PostgreSQL: double entry, fenced shards, one effect per idempotency key. Knows
 * nothing of HTTP or of the cluster; read {@link io.holdfast.payment.ledger.Ledger} first.
 */
@NullMarked
package io.holdfast.payment.ledger;

import org.jspecify.annotations.NullMarked;
