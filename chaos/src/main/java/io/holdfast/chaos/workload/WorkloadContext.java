package io.holdfast.chaos.workload;

import io.holdfast.chaos.history.Recorder;
import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.Registry;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * What the workloads of one client process share.
 *
 * @param client which client
 * @param process which incarnation of it, as noted
 * @param coordinator its connection
 * @param registry its one registry
 * @param recorder where it notes what it does
 * @param register where the {@link RegisterServer} is
 * @param seed of what it wishes for
 * @param behaviour how it goes about it
 * @param over true once it is time to end
 */
record WorkloadContext(
    String client,
    String process,
    Coordinator coordinator,
    Registry registry,
    Recorder recorder,
    InetSocketAddress register,
    long seed,
    ClientBehaviour behaviour,
    BooleanSupplier over) {

  /** Chances of a thread's own. */
  Random random(String thread) {
    return new Random(seed * 31 + thread.hashCode());
  }
}
