/**
 * An asynchronous HTTP client that asks the load balancer whom to ask. Begin with {@link
 * io.holdfast.http.BalancedHttpClient}.
 */
@NullMarked
package io.holdfast.http;

import org.jspecify.annotations.NullMarked;
