package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.testkit.memory.MemoryBackend;
import io.holdfast.testkit.memory.MemoryCluster;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.kotlinx.lincheck.LinChecker;
import org.jetbrains.kotlinx.lincheck.annotations.Operation;
import org.jetbrains.kotlinx.lincheck.strategy.stress.StressOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A counter without any protection but a lock that is handed on in one process, kept, and wanted by
 * another process too, in the hands of Lincheck: it must count as if everything happened in turn.
 */
@Isolated("Lincheck changes classes while others are loaded")
final class HandOverLincheckTest {

  @Test
  void counter_underALockThatIsHandedOn_isLinearizable() {
    LinChecker.check(
        Counter.class,
        new StressOptions()
            .threads(3)
            .actorsPerThread(4)
            .actorsBefore(0)
            .actorsAfter(1)
            .iterations(12)
            .invocationsPerIteration(60)
            .sequentialSpecification(InTurn.class));
  }

  /** What it has to look like. */
  public static final class InTurn {
    private int value;

    public int next() {
      return ++value;
    }

    public int nextOfKept() {
      return ++value;
    }

    public int nextElsewhere() {
      return ++value;
    }
  }

  /** Each has a lock of its own, in a cluster for all. Lincheck makes them, so it is public. */
  public static final class Counter {
    private static final AtomicLong LOCKS = new AtomicLong();
    private static final MemoryCluster CLUSTER = MemoryCluster.onRealTime();
    private static final Locks HERE = client("here");
    private static final Locks ELSEWHERE = client("elsewhere");
    private static final LockConfig SHORT =
        LockConfig.defaults().withHandOver(2, Duration.ofMinutes(1));

    private final String name = "counter-" + LOCKS.incrementAndGet();
    private final DistributedLock handedOn = HERE.lock(name, SHORT).exclusive();
    private final DistributedLock kept =
        HERE.lock(name, SHORT.withRetention(Duration.ofMinutes(1))).exclusive();
    private final DistributedLock elsewhere = ELSEWHERE.lock(name, SHORT).exclusive();
    private int value;
    private FencingToken last = FencingToken.NONE;

    private static Locks client(String name) {
      CoordinatorOptions options = CoordinatorOptions.defaults();
      MemoryBackend backend = CLUSTER.client(name, options);
      return new Locks(Coordinator.start(backend, options, name));
    }

    @Operation
    public int next() throws InterruptedException {
      return nextUnder(handedOn);
    }

    @Operation
    public int nextOfKept() throws InterruptedException {
      return nextUnder(kept);
    }

    @Operation
    public int nextElsewhere() throws InterruptedException {
      return nextUnder(elsewhere);
    }

    private int nextUnder(DistributedLock lock) throws InterruptedException {
      try (LockGrant grant = lock.acquire()) {
        if (grant.token().compareTo(last) <= 0) {
          return -1;
        }
        last = grant.token();
        return ++value;
      }
    }
  }
}
