package io.holdfast.benchmarks.balance;

import io.holdfast.loadbalancer.Affinity;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One choice, by whomever. Each contestant has a JVM of its own, so that none spoils another. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PickBenchmark {

  /** What the threads share. */
  @State(Scope.Benchmark)
  public static class Service {
    /** Who chooses. */
    @Param public PickContestant contestant = PickContestant.ROUND_ROBIN;

    /** Among how many. */
    @Param({"10", "100", "1000"})
    public int instances = 10;

    private Chooser chooser = affinity -> affinity;

    /** Makes it. */
    @Setup
    public void make() {
      chooser = contestant.over(instances);
    }
  }

  /** The requests of one thread, and what they cost it. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Requests {
    private static final int KEYS = 1024;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** In this iteration. */
    public long choices;

    /** The time that the thread was on a processor, in this iteration. */
    public long cpuNanos;

    private final Affinity[] affinities = new Affinity[KEYS];
    private long began;

    /** Makes them. */
    @Setup
    public void make() {
      for (int i = 0; i < KEYS; i++) {
        affinities[i] = Affinity.of("payment-" + i);
      }
    }

    /** Before an iteration. */
    @Setup(Level.Iteration)
    public void begin() {
      began = THREADS.getCurrentThreadCpuTime();
    }

    /** After an iteration. */
    @TearDown(Level.Iteration)
    public void end() {
      cpuNanos = THREADS.getCurrentThreadCpuTime() - began;
    }

    Affinity next() {
      return affinities[(int) (++choices & (KEYS - 1))];
    }
  }

  /** What is measured. */
  @Benchmark
  public Object choose(Service service, Requests requests) throws Exception {
    return service.chooser.choose(requests.next());
  }
}
