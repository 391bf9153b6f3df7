/**
 * Transfers of the payment ledger: {@code PaymentBenchmarks} has the rows, a {@code Bank} is a
 * ledger with its nodes, {@code PlainTransfers} is the same SQL without one.
 */
@NullMarked
package io.holdfast.benchmarks.payments;

import org.jspecify.annotations.NullMarked;
