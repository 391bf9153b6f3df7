/**
 * A proxy on the way from a client to a server, which cuts, delays and resets what passes.
 *
 * <p>Begin with {@link io.holdfast.testkit.network.ProxyLink}.
 */
@NullMarked
package io.holdfast.testkit.network;

import org.jspecify.annotations.NullMarked;
