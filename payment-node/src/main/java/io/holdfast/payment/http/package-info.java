/**
 * How clients get in: HTTP and JSON on Vert.x. Any node takes any request and passes it on to the
 * owner of the shard; read {@link io.holdfast.payment.http.PaymentApi} first.
 */
@NullMarked
package io.holdfast.payment.http;

import org.jspecify.annotations.NullMarked;
