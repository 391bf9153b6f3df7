/**
 * What every HTTP server of ours has in common: {@link io.holdfast.http.server.ClientConnections}
 * bounds what clients can hold, {@link io.holdfast.http.server.RequestRules} refuses what two
 * readers might understand differently.
 */
@NullMarked
package io.holdfast.http.server;

import org.jspecify.annotations.NullMarked;
