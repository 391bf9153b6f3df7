package io.holdfast.chaos.fault;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Injects faults, looks whether they bit, and heals them. */
public final class Nemesis {

  private static final Logger LOG = LoggerFactory.getLogger(Nemesis.class);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final Duration MOST_TO_BITE = Duration.ofSeconds(15);

  private final Target target;

  /** Hurts {@code target}. */
  public Nemesis(Target target) {
    this.target = target;
  }

  /**
   * Injects a fault, keeps it up for as long as it lasts, or longer until it bites, and heals it,
   * with every server serving at the end.
   *
   * @param session how long a client's session lives without its servers
   */
  public FaultOutcome hurt(Fault fault, Duration session) {
    Duration length = fault.lasts().of(session);
    ActiveFault active = fault.inject().apply(target);
    long injected = System.nanoTime();
    LOG.info("{}: {}", fault, active.what());
    boolean bitten = false;
    try {
      bitten = awaitBite(active, injected);
      pauseUntil(injected + length.toNanos());
    } finally {
      active.heal().run();
    }
    target.cluster().awaitServing();
    LOG.info("{}: healed{}", fault, bitten ? "" : "; it never bit");
    long healed = System.nanoTime();
    long servedFrom = fault.leaves() == Fault.Leaves.NOTHING ? healed : injected;
    return new FaultOutcome(
        fault.name(), active.what(), injected, bitten, servedFrom, healed, active.taken().get());
  }

  private static boolean awaitBite(ActiveFault active, long injected) {
    while (!active.bites().getAsBoolean()) {
      if (System.nanoTime() - injected > MOST_TO_BITE.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
    return true;
  }

  private static void pauseUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while a fault was on");
      }
      LockSupport.parkNanos(left);
    }
  }
}
