/**
 * How payment nodes find each other: what their registrations say, and the load balancer over it.
 */
@NullMarked
package io.holdfast.payment.cluster;

import org.jspecify.annotations.NullMarked;
