/**
 * TLS of a payment node, to its clients and to other nodes: see {@link
 * io.holdfast.payment.tls.NodeTls}.
 */
@NullMarked
package io.holdfast.payment.tls;

import org.jspecify.annotations.NullMarked;
