/**
 * The engine: tasks of shards, done in batches by lanes, and transactions over several shards. Read
 * {@link io.holdfast.payment.ledger.internal.Lane}, {@link
 * io.holdfast.payment.ledger.internal.Batch} and {@link
 * io.holdfast.payment.ledger.internal.Execution} first. For this module only.
 */
@NullMarked
package io.holdfast.payment.ledger.internal;

import org.jspecify.annotations.NullMarked;
