package io.holdfast.payment;

import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The name of a node, as a lock: two processes of one name would take each other's registration and
 * neither serve. Held by a thread of its own until it is closed.
 *
 * <p>Lost with the session, it is taken again on the next one. Only if another process has it for
 * as long as two sessions last, it is gone; an outage of the cluster takes it from nobody.
 */
final class NodeName implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NodeName.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** A cluster may grant a longer session than it was asked for: ZooKeeper 4 s by default. */
  private static final Duration SHORTEST_SESSION = Duration.ofSeconds(5);

  private final String name;
  private final DistributedLock lock;
  private final Duration patience;
  private final CompletableFuture<Void> taken = new CompletableFuture<>();
  private final Thread keeper;

  private NodeName(String name, DistributedLock lock, Duration patience, LockGrant first) {
    this.name = name;
    this.lock = lock;
    this.patience = patience;
    this.keeper = new Thread(() -> keep(first), "payment-name");
    keeper.setDaemon(true);
  }

  /** As long as two sessions last, for one that was asked to last so long. */
  static Duration patience(Duration sessionTimeout) {
    return (sessionTimeout.compareTo(SHORTEST_SESSION) < 0 ? SHORTEST_SESSION : sessionTimeout)
        .multipliedBy(2);
  }

  /**
   * Takes it, after as long as a predecessor that was killed may still hold it.
   *
   * @param patience how long that is; see {@link #patience(Duration)}
   * @throws IllegalArgumentException if another process has it
   */
  static NodeName take(String name, DistributedLock lock, Duration patience)
      throws InterruptedException {
    LockGrant first =
        lock.tryAcquire(patience)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "another process runs as payment node "
                            + name
                            + ": end it, or give this one another id"));
    NodeName held = new NodeName(name, lock, patience, first);
    held.keeper.start();
    return held;
  }

  /** Completes when another process has taken it for good. */
  CompletableFuture<Void> taken() {
    return taken;
  }

  private void keep(LockGrant first) {
    Optional<LockGrant> grant = Optional.of(first);
    try {
      while (grant.isPresent()) {
        hold(grant.get());
        LOG.warn("the lock of the name of payment node {} is lost; taking it again", name);
        grant = again();
      }
      taken.complete(null);
    } catch (InterruptedException closed) {
      LOG.debug("payment node {} leaves its name", name);
    }
  }

  /** Until it is lost; released when this is closed. */
  private static void hold(LockGrant grant) throws InterruptedException {
    CountDownLatch lost = new CountDownLatch(1);
    grant.lost().thenRun(lost::countDown);
    try (grant) {
      lost.await();
    }
  }

  /**
   * Empty if another process has it: two refusals so far apart, and none but refusals in between. A
   * cluster that does not answer has refused nothing, nor has it while this process stood still.
   */
  private Optional<LockGrant> again() throws InterruptedException {
    OptionalLong refusedFrom = OptionalLong.empty();
    while (true) {
      try {
        Optional<LockGrant> grant = lock.tryAcquire();
        long now = System.nanoTime();
        if (grant.isPresent() || now - refusedFrom.orElse(now) > Durations.nanos(patience)) {
          return grant;
        }
        refusedFrom = OptionalLong.of(refusedFrom.orElse(now));
      } catch (RuntimeException e) {
        LOG.debug("the cluster has not said who has the name; asking again", e);
        refusedFrom = OptionalLong.empty();
      }
      TimeUnit.NANOSECONDS.sleep(Durations.nanos(PAUSE));
    }
  }

  @Override
  public void close() throws InterruptedException {
    if (Thread.currentThread() == keeper) {
      return; // Told of the end, somebody closes there and then: the lock is another's already.
    }
    keeper.interrupt();
    keeper.join(Durations.millis(PAUSE));
  }
}
