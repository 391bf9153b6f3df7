/**
 * Compares our top-ups with what the acquirer settled on a day. Start at {@link Reconciliation}; a
 * node or a command-line tool calls it, by a {@link SqlTopUps} over all databases of the ledger.
 */
@NullMarked
package io.holdfast.payment.scenario.topup.reconciliation;

import org.jspecify.annotations.NullMarked;
