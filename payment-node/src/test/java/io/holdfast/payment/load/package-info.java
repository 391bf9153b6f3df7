/** Tests of the load. */
@NullMarked
package io.holdfast.payment.load;

import org.jspecify.annotations.NullMarked;
