/**
 * For backends, and for recipes that are written on them: what a cluster has to offer.
 *
 * <p>{@link io.holdfast.spi.Session} is the heart of it; {@link io.holdfast.spi.Backend} opens
 * sessions, and {@link io.holdfast.spi.BackendProvider} makes backends by the scheme of a URI.
 * {@link io.holdfast.spi.EventLoop} and the types that say "for backends" are there to be shared.
 * Applications need none of it.
 */
@NullMarked
package io.holdfast.spi;

import org.jspecify.annotations.NullMarked;
