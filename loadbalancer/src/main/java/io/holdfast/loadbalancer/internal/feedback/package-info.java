/**
 * Takes the outcomes of all requests and passes them on: to each endpoint's load, to outlier
 * detection, to listeners and to the registry's view. Begin with {@link
 * io.holdfast.loadbalancer.internal.feedback.EndpointSet}. For this module only.
 */
@NullMarked
package io.holdfast.loadbalancer.internal.feedback;

import org.jspecify.annotations.NullMarked;
