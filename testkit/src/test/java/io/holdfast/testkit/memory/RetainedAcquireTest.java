package io.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.Locks;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What it costs to take a lock whose place the process retains. The bytes that a thread allocates
 * stand for the time, because they depend neither on the machine nor on its load: compiled code
 * allocates less than interpreted code, never more.
 */
final class RetainedAcquireTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int TIMES = 1_000;

  /** As measured, 700, and some room for the stacks of samples, which are deeper under a test. */
  private static final int MOST_BYTES = 1_000;

  @Test
  void acquire_retainedPlace_allocatesLittle() throws Exception {
    try (Coordinator coordinator = Coordinator.connect("memory://retained/acquire")) {
      DistributedLock lock =
          new Locks(coordinator)
              .lock("kept", LockConfig.defaults().withRetention(Duration.ofMinutes(1)))
              .exclusive();
      takeOften(lock);

      long before = allocated();
      takeOften(lock);

      assertThat((allocated() - before) / TIMES).isPositive().isLessThan(MOST_BYTES);
    }
  }

  private static void takeOften(DistributedLock lock) throws InterruptedException {
    for (int i = 0; i < TIMES; i++) {
      lock.acquire().close();
    }
  }

  private static long allocated() {
    return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
