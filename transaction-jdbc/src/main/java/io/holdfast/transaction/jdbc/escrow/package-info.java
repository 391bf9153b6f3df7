/**
 * Money that is held in a short local commit, and moved when the transaction is decided. Read
 * {@link io.holdfast.transaction.jdbc.escrow.EscrowLedger} first.
 */
@NullMarked
package io.holdfast.transaction.jdbc.escrow;

import org.jspecify.annotations.NullMarked;
