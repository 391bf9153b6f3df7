package io.holdfast.chaos;

import io.holdfast.chaos.history.Recorder;
import io.holdfast.chaos.history.Recorder.Invocation;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much more this machine has to do than it can. Notes in a history, as a fault, when that is
 * too much: then threads and servers get their turn late, and what is promised by the clock judges
 * the machine. Promises about states are judged all the same.
 */
public final class MachineLoad implements AutoCloseable {

  /** Processes that want to run, for each processor. */
  private static final double MOST = 6;

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** The average is that of a minute, and lags. */
  private static final Duration LAG = Duration.ofSeconds(15);

  private final Recorder recorder;
  private final DoubleSupplier load;
  private final Thread thread;
  private volatile boolean over;

  /** The note of one that goes on; used by the thread only. */
  private @Nullable Invocation overload;

  /** The greatest that was too much; 0 if none was. */
  private volatile double greatest;

  /** One that looks when it is told to. */
  MachineLoad(Recorder recorder, DoubleSupplier load) {
    this.recorder = recorder;
    this.load = load;
    this.thread = new Thread(this::run, "holdfast-machine-load");
    this.thread.setDaemon(true);
  }

  /** Begins to look, until it is closed. */
  static MachineLoad watch(Recorder recorder) {
    MachineLoad watch = new MachineLoad(recorder, MachineLoad::now);
    watch.thread.start();
    return watch;
  }

  /** Processes that want to run, for each processor, over the last minute. */
  public static double now() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    return system.getSystemLoadAverage() / system.getAvailableProcessors();
  }

  /** True if times say nothing of a cluster on a machine with this load. */
  public static boolean isTooMuch(double load) {
    return load > MOST;
  }

  private void run() {
    while (!over) {
      look();
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  void look() {
    double now = load.getAsDouble();
    Invocation open = overload;
    if (isTooMuch(now)) {
      greatest = Math.max(greatest, now);
      if (open == null) {
        overload =
            recorder.invokeAt(
                System.nanoTime() - LAG.toNanos(), "fault/overload", "hurt", Map.of());
      }
    } else if (open != null) {
      open.ok(Map.of("load", String.format(Locale.ROOT, "%.0f", greatest)));
      overload = null;
    }
  }

  /** The greatest load for each processor that was too much; empty if none was. */
  OptionalDouble tooMuch() {
    return greatest > 0 ? OptionalDouble.of(greatest) : OptionalDouble.empty();
  }

  /** Looks no more. An overload that has not ended is noted without an end. */
  @Override
  public void close() {
    over = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
