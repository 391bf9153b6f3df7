/**
 * Which instances may be picked: outlier detection and the panic threshold. For this module only.
 */
@NullMarked
package io.holdfast.loadbalancer.internal.health;

import org.jspecify.annotations.NullMarked;
