/**
 * The reference cluster: one program, started any number of times over one PostgreSQL and one
 * coordination cluster. Read {@link io.holdfast.payment.PaymentNode} first; then {@code ledger}
 * (money), {@code shard} (who owns what) and {@code http} (how clients get in). {@code load} and
 * {@code audit} put it under load and check the books afterwards.
 */
@NullMarked
package io.holdfast.payment;

import org.jspecify.annotations.NullMarked;
