/**
 * Runs that hurt a cluster while clients use it, and judge what the clients saw.
 *
 * <p>Begin with {@link io.holdfast.chaos.ChaosRun}; what clients do is a {@link
 * io.holdfast.chaos.workload.Workload}. Clients are processes of their own, with {@code
 * ChaosClient} as their program. What must hold is said by {@code io.holdfast.chaos.check}.
 */
@NullMarked
package io.holdfast.chaos;

import org.jspecify.annotations.NullMarked;
