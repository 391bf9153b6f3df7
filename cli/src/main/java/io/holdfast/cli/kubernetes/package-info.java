/**
 * {@code holdfast services publish kubernetes}: services as EndpointSlices of Kubernetes. {@code
 * SlicePublisher} is what one leader does, {@code SlicePlan} which slices have to be written,
 * {@code ApiServer} the requests.
 */
@NullMarked
package io.holdfast.cli.kubernetes;

import org.jspecify.annotations.NullMarked;
