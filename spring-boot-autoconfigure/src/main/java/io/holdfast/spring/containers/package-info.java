/**
 * A store in a container of Testcontainers as a {@code @ServiceConnection}: the application of a
 * test connects to it without a property.
 */
@NullMarked
package io.holdfast.spring.containers;

import org.jspecify.annotations.NullMarked;
