/**
 * Which instances may be picked: outlier detection, the panic threshold, slow start. For this
 * module only.
 */
@NullMarked
package io.holdfast.loadbalancer.internal.health;

import org.jspecify.annotations.NullMarked;
