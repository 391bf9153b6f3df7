/**
 * What locks, elections, sessions, registries, balancers and transactions do, as Micrometer meters:
 * one class for each of {@link io.holdfast.metrics.HoldfastMetrics sessions and locks}, {@link
 * io.holdfast.metrics.RegistryMetrics registry}, {@link io.holdfast.metrics.BalancerMetrics
 * balancer} and {@link io.holdfast.metrics.TransactionMetrics transactions}.
 */
@NullMarked
package io.holdfast.metrics;

import org.jspecify.annotations.NullMarked;
