/** Tests of the audit. */
@NullMarked
package io.holdfast.payment.ledger.audit;

import org.jspecify.annotations.NullMarked;
