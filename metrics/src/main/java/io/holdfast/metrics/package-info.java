/**
 * What locks, elections and sessions do, as Micrometer meters: {@link
 * io.holdfast.metrics.HoldfastMetrics} is all there is.
 */
@NullMarked
package io.holdfast.metrics;

import org.jspecify.annotations.NullMarked;
