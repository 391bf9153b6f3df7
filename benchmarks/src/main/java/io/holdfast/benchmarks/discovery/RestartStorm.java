package io.holdfast.benchmarks.discovery;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** All registrations are lost and come back, seen from a client. */
final class RestartStorm {

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final long LOOK_EVERY_NANOS = 500_000;
  private static final long ASK_EVERY_NANOS = 50_000_000;
  private static final long LONGEST_NANOS = 120_000_000_000L;

  /**
   * One storm.
   *
   * @param cpuMillis processor time of this process, both sides together, until all was back
   * @param millis time until then
   * @param fewest the fewest instances that the client's list held at any moment
   */
  record Storm(double cpuMillis, double millis, int fewest) {}

  private RestartStorm() {}

  static Storm on(Fleet fleet) throws Exception {
    long cpu = SYSTEM.getProcessCpuTime();
    long began = System.nanoTime();
    int fewest = fleet.shown();
    fleet.loseSession();
    long asked = System.nanoTime();
    while (true) {
      fewest = Math.min(fewest, fleet.shown());
      long now = System.nanoTime();
      if (now - asked > ASK_EVERY_NANOS) {
        asked = now;
        if (fleet.isBack()) {
          return new Storm((SYSTEM.getProcessCpuTime() - cpu) / 1e6, (now - began) / 1e6, fewest);
        }
      }
      if (now - began > LONGEST_NANOS) {
        throw new TimeoutException("not back within two minutes");
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
  }
}
