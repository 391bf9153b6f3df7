/**
 * Loans: asked for, decided, paid out, repaid by instalments that are collected by themselves. Read
 * {@link io.holdfast.payment.scenario.lending.LendingScenario} first, it says how they are booked;
 * then {@code Schedule} and {@code Repayment}, which are the arithmetic and know no ledger.
 */
@NullMarked
package io.holdfast.payment.scenario.lending;

import org.jspecify.annotations.NullMarked;
