/**
 * Two registries as one: to move a fleet from one cluster, or one format, to another, a service at
 * a time and without a flag day.
 *
 * <p>Read {@link io.holdfast.registry.dual.DualRegistry} first.
 */
@NullMarked
package io.holdfast.registry.dual;

import org.jspecify.annotations.NullMarked;
