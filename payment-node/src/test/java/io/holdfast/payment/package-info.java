/** Tests of whole nodes. */
@NullMarked
package io.holdfast.payment;

import org.jspecify.annotations.NullMarked;
