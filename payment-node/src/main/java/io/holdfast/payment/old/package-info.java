/** The ledger on one database. */
@NullMarked
package io.holdfast.payment.old;

import org.jspecify.annotations.NullMarked;
