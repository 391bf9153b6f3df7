/**
 * What is known of one instance: its active requests, latency and outcomes, whether it is ejected,
 * how far its slow start is. Begin with {@link
 * io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint}. Knows no policy and no rule. For
 * this module only.
 */
@NullMarked
package io.holdfast.loadbalancer.internal.endpoint;

import org.jspecify.annotations.NullMarked;
