/**
 * For backends: keys, trust and reasons of refused handshakes, from what {@code Credentials} names.
 */
@NullMarked
package io.holdfast.spi.tls;

import org.jspecify.annotations.NullMarked;
