/** Tests of the ledger's inside. */
@NullMarked
package io.holdfast.payment.ledger.internal;

import org.jspecify.annotations.NullMarked;
