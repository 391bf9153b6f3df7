/**
 * Runs that hurt a cluster while clients use it, and judge what the clients saw.
 *
 * <p>Begin with {@link io.holdfast.testkit.chaos.ChaosRun}; what clients do is a {@link
 * io.holdfast.testkit.chaos.Workload}. Clients are processes of their own, with {@code ChaosClient}
 * as their program. What must hold is said by {@code io.holdfast.testkit.check}.
 */
@NullMarked
package io.holdfast.testkit.chaos;

import org.jspecify.annotations.NullMarked;
