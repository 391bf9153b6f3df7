package io.holdfast.chaos.workload;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What clients do. */
public enum Workload {
  /** Two exclusive locks. */
  LOCK {
    @Override
    List<Task> tasks(WorkloadContext context) {
      return List.of(new LockTask(context, LockUsage.LOCK));
    }
  },
  /** One lock, read by most. */
  READ_WRITE {
    @Override
    List<Task> tasks(WorkloadContext context) {
      return List.of(new LockTask(context, LockUsage.READ_WRITE));
    }
  },
  /** One or two of three permits. */
  SEMAPHORE {
    @Override
    List<Task> tasks(WorkloadContext context) {
      return List.of(new LockTask(context, LockUsage.SEMAPHORE));
    }
  },
  /** Two of three exclusive locks at once, in either order. */
  MULTI_LOCK {
    @Override
    List<Task> tasks(WorkloadContext context) {
      return List.of(new LockTask(context, LockUsage.MULTI_LOCK));
    }
  },
  /** Every client is a candidate for one office, and observes it. */
  ELECTION {
    @Override
    List<Task> tasks(WorkloadContext context) {
      return List.of(new ElectionTask(context));
    }
  },
  /** Several threads of every client queue for one lock, handed over within a client. */
  FAIRNESS {
    @Override
    List<Task> tasks(WorkloadContext context) {
      return List.of(
          new QueueTask(context),
          new QueueTask(context),
          new QueueTask(context),
          new QueueWatchTask(context));
    }
  },
  /**
   * Every client registers instances of one service, drains and deregisters them, and views all.
   */
  REGISTRY {
    @Override
    List<Task> tasks(WorkloadContext context) {
      return List.of(new RegistrationTask(context), new ViewTask(context));
    }
  },
  /** Every client chooses among what {@link #REGISTRY} registers, which is to run too. */
  BALANCER {
    @Override
    List<Task> tasks(WorkloadContext context) {
      return List.of(new BalancerTask(context));
    }
  };

  /** Something for one thread to do, until the scene is over. */
  interface Task {
    void run() throws IOException, InterruptedException;
  }

  abstract List<Task> tasks(WorkloadContext context);

  /** Those that use locks and nothing else. */
  public static Set<Workload> locks() {
    return EnumSet.of(LOCK, READ_WRITE, SEMAPHORE, MULTI_LOCK);
  }

  /** True if what it promises includes that all is well some time after a fault. */
  public boolean needsQuietPeriod() {
    return !locks().contains(this);
  }
}
