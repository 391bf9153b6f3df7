package io.holdfast.chaos.suite;

import io.holdfast.coordination.CoordinationException;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.LossReason;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread for each of some coordinators, taking turns at one lock until closed. */
final class Contenders implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Contenders.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicLong turns = new AtomicLong();
  private final AtomicInteger lost = new AtomicInteger();
  private final AtomicReference<Optional<FencingToken>> last =
      new AtomicReference<>(Optional.empty());
  private final List<Thread> threads;
  private volatile boolean ended;

  Contenders(List<Coordinator> coordinators) {
    threads = coordinators.stream().map(each -> new Thread(() -> run(each), "rival")).toList();
    coordinators.forEach(
        each -> each.session().thenAccept(session -> session.lost().thenAccept(this::noted)));
    threads.forEach(Thread::start);
  }

  private void noted(LossReason reason) {
    LOG.info("a session is lost: {}", reason);
    if (!ended) {
      lost.incrementAndGet();
    }
  }

  private void run(Coordinator coordinator) {
    Locks locks = new Locks(coordinator);
    while (!ended) {
      try {
        locks.lock("rivals").exclusive().tryAcquire(PATIENCE).ifPresent(this::take);
      } catch (CoordinationException e) {
        LOG.info("a turn went wrong: {}", e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Counts only if the token is greater than the last. */
  private void take(LockGrant grant) {
    try (grant) {
      Optional<FencingToken> before = last.getAndSet(Optional.of(grant.token()));
      if (before.isEmpty() || before.get().compareTo(grant.token()) < 0) {
        turns.incrementAndGet();
      }
    }
  }

  long turns() {
    return turns.get();
  }

  int sessionsLost() {
    return lost.get();
  }

  @Override
  public void close() {
    ended = true;
    try {
      for (Thread thread : threads) {
        thread.join(PATIENCE.toMillis() * 2);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
