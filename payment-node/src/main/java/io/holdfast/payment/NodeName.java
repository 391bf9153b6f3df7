package io.holdfast.payment;

import io.holdfast.coordination.CoordinationException;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.Optional;
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

  /**
   * Takes it, after as long as a predecessor that was killed may still hold it.
   *
   * @throws IllegalArgumentException if another process has it
   */
  static NodeName take(String name, DistributedLock lock, Duration sessionTimeout)
      throws InterruptedException {
    Duration patience = sessionTimeout.multipliedBy(2);
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

  /** Empty if another process has it; a cluster that does not answer has not said so. */
  private Optional<LockGrant> again() throws InterruptedException {
    long refusedFrom = System.nanoTime();
    while (System.nanoTime() - refusedFrom < Durations.nanos(patience)) {
      try {
        Optional<LockGrant> grant = lock.tryAcquire();
        if (grant.isPresent()) {
          return grant;
        }
      } catch (CoordinationException e) {
        LOG.debug("the cluster does not answer; trying again", e);
        refusedFrom = System.nanoTime();
      }
      TimeUnit.NANOSECONDS.sleep(Durations.nanos(PAUSE));
    }
    return Optional.empty();
  }

  @Override
  public void close() throws InterruptedException {
    keeper.interrupt();
    keeper.join(Durations.millis(PAUSE));
  }
}
