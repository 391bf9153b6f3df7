/**
 * What the client processes of a run do: the programs that use locks, elections, queues, the
 * registry and the balancer, and note it.
 *
 * <p>Begin with {@link io.holdfast.chaos.workload.Workload}. A client process is a {@code
 * ChaosClient}; it writes behind a fence to the register of {@code RegisterServer}.
 */
@NullMarked
package io.holdfast.chaos.workload;

import org.jspecify.annotations.NullMarked;
