/** Tests of a node's figures. */
@NullMarked
package io.holdfast.payment.metrics;

import org.jspecify.annotations.NullMarked;
