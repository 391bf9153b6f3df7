/** Tests of TLS between real servers and clients. */
@NullMarked
package io.holdfast.payment.tls;

import org.jspecify.annotations.NullMarked;
