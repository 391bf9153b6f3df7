/**
 * Clients that put a cluster under load and remember what they were told; read {@link
 * io.holdfast.payment.load.LoadGenerator} first. For demonstrations and tests.
 */
@NullMarked
package io.holdfast.payment.load;

import org.jspecify.annotations.NullMarked;
