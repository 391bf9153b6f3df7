/**
 * What is known of each endpoint from the requests to it: active requests, latency, outcomes. Begin
 * with {@link io.holdfast.loadbalancer.internal.feedback.EndpointSet}. For this module only.
 */
@NullMarked
package io.holdfast.loadbalancer.internal.feedback;

import org.jspecify.annotations.NullMarked;
