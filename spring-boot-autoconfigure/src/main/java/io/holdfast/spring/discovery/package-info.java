/**
 * Spring Cloud's discovery over views of the registry: an outage never empties it, and an instance
 * that drains is not in it. {@link io.holdfast.spring.discovery.ServiceViews} holds the views; the
 * rest are Spring Cloud's interfaces.
 */
@NullMarked
package io.holdfast.spring.discovery;

import org.jspecify.annotations.NullMarked;
