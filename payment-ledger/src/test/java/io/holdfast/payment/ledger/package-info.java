/** Tests of the ledger, and what tests of scenarios begin with. */
@NullMarked
package io.holdfast.payment.ledger;

import org.jspecify.annotations.NullMarked;
