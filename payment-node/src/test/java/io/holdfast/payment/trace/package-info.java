/** Tests of traces. */
@NullMarked
package io.holdfast.payment.trace;

import org.jspecify.annotations.NullMarked;
