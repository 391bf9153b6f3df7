package io.holdfast.chaos.workload;

import io.holdfast.lock.Locks;
import java.io.IOException;
import java.util.Random;

/** Takes locks, one cycle after the other. */
final class LockTask implements Workload.Task {

  private final WorkloadContext context;
  private final LockUsage usage;

  LockTask(WorkloadContext context, LockUsage usage) {
    this.context = context;
    this.usage = usage;
  }

  @Override
  public void run() throws IOException, InterruptedException {
    Locks locks = new Locks(context.coordinator());
    Random random = context.random(usage.name());
    try (RegisterClient register =
        new RegisterClient(context.register(), context.client(), context.recorder())) {
      LockCycle cycle = new LockCycle(context.recorder(), register, random);
      while (!context.over().getAsBoolean()) {
        cycle.take(usage.next(locks, random));
      }
    }
  }
}
