/**
 * Clusters that can be hurt, and the hurting of them, whatever they run on.
 *
 * <p>Begin with {@link io.holdfast.testkit.fault.Cluster} and {@link
 * io.holdfast.testkit.fault.Faults}; {@link io.holdfast.testkit.fault.Nemesis} injects, looks
 * whether it bit, and heals.
 */
@NullMarked
package io.holdfast.testkit.fault;

import org.jspecify.annotations.NullMarked;
