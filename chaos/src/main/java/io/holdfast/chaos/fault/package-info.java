/**
 * Clusters that can be hurt, and the hurting of them, whatever they run on.
 *
 * <p>Begin with {@link io.holdfast.chaos.fault.Cluster} and {@link
 * io.holdfast.chaos.fault.FaultCatalog}; {@link io.holdfast.chaos.fault.Nemesis} injects, looks
 * whether it bit, and heals.
 */
@NullMarked
package io.holdfast.chaos.fault;

import org.jspecify.annotations.NullMarked;
