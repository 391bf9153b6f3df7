/** Tests of the ledger. */
@NullMarked
package io.holdfast.payment.ledger;

import org.jspecify.annotations.NullMarked;
