/**
 * The tries of one request: retries, hedges, and the budget that bounds both. Begin with {@link
 * io.holdfast.loadbalancer.retry.Attempts}. Any application may call it.
 */
@NullMarked
package io.holdfast.loadbalancer.retry;

import org.jspecify.annotations.NullMarked;
