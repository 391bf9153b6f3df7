/**
 * Client-side load balancing over the snapshots of a registry. No files, no network, no threads.
 *
 * <p>Read {@link io.holdfast.loadbalancer.LoadBalancer} first; it picks by a {@link
 * io.holdfast.loadbalancer.Policy}, and the {@link io.holdfast.loadbalancer.Pick} it gives is told
 * how the request went. {@link io.holdfast.loadbalancer.retry.Attempts} governs the tries of one
 * request. As in Finagle, metric and choice are apart: an endpoint knows its load, a picker chooses
 * among endpoints. Any application may call it.
 */
@NullMarked
package io.holdfast.loadbalancer;

import org.jspecify.annotations.NullMarked;
