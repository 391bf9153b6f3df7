/**
 * xDS, for gRPC's own client ({@code xds:///billing}) and for Envoy: listeners, routes, clusters
 * and endpoints over one aggregated stream (ADS). {@link io.holdfast.gateway.xds.XdsDoor} is the
 * way in.
 */
@NullMarked
package io.holdfast.gateway.xds;

import org.jspecify.annotations.NullMarked;
