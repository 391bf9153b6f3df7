/**
 * Checks the books from outside: what clients were told against what the database holds. Shares no
 * code with the ledger's bookkeeping; read {@link io.holdfast.payment.audit.Audit} first.
 */
@NullMarked
package io.holdfast.payment.audit;

import org.jspecify.annotations.NullMarked;
