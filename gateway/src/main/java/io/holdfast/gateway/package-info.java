/**
 * {@code holdfast gateway}: the registry behind the doors that others know. The package {@code
 * command} has the options, {@code Gateway} puts the parts together, {@code Door} is what a
 * protocol implements, {@code ServiceFeed} is what all doors show, {@code LeasedInstances} of the
 * registry is how they register for their clients. Each protocol is a package below.
 */
@NullMarked
package io.holdfast.gateway;

import org.jspecify.annotations.NullMarked;
