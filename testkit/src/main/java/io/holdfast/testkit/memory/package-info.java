/**
 * A coordination cluster inside the test: {@link io.holdfast.testkit.memory.MemoryCluster}.
 *
 * <p>On real time it serves ordinary tests ({@code memory://name}). On {@link
 * io.holdfast.testkit.memory.VirtualTime} a whole run, with delays, lost replies, cut connections,
 * pauses and expired sessions, is one thread and one seed: every failure can be replayed.
 */
@NullMarked
package io.holdfast.testkit.memory;

import org.jspecify.annotations.NullMarked;
