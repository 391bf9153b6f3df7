/** What a node counts. */
@NullMarked
package io.holdfast.payment.metrics;

import org.jspecify.annotations.NullMarked;
