/**
 * Checks the books from outside: each database with itself, all of them with each other, and what
 * clients were told with what is booked. Shares no code with the engine; read {@link
 * io.holdfast.payment.ledger.audit.Audit} first.
 */
@NullMarked
package io.holdfast.payment.ledger.audit;

import org.jspecify.annotations.NullMarked;
