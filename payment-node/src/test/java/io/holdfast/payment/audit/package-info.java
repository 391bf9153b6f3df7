/** Tests of the audit. */
@NullMarked
package io.holdfast.payment.audit;

import org.jspecify.annotations.NullMarked;
