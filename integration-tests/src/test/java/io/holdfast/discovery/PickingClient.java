package io.holdfast.discovery;

import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceView;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A client with a view and a load balancer of its own, choosing without a pause. */
final class PickingClient implements AutoCloseable {

  private static final Duration PATIENCE = DrainContract.PATIENCE;
  private static final long BREATH_NANOS = 20_000;

  private final Coordinator coordinator;
  private final ServiceView view;
  private final LoadBalancer balancer;
  private final String victim;
  private final AtomicLong picks = new AtomicLong();
  private final AtomicLong victims = new AtomicLong();
  private final AtomicLong violations = new AtomicLong();
  private final Thread thread;
  private volatile boolean noVictim;
  private volatile boolean ended;

  PickingClient(Coordinator coordinator, Registry registry, String service, String victim)
      throws InterruptedException {
    this.coordinator = coordinator;
    this.victim = victim;
    this.view = registry.view(service);
    this.balancer = new LoadBalancer(view, Policy.leastRequest());
    if (view.awaitInstances(2, PATIENCE).isEmpty()) {
      throw new AssertionError("still " + view.snapshot());
    }
    this.thread = new Thread(this::pick, "picking");
    thread.start();
  }

  private void pick() {
    while (!ended) {
      boolean mustNot = noVictim;
      boolean chosen =
          balancer
              .pick()
              .filter(
                  pick -> {
                    pick.close();
                    return pick.instance().id().equals(victim);
                  })
              .isPresent();
      if (chosen) {
        victims.incrementAndGet();
        if (mustNot) {
          violations.incrementAndGet();
        }
      }
      picks.incrementAndGet();
      LockSupport.parkNanos(BREATH_NANOS);
    }
  }

  Coordinator coordinator() {
    return coordinator;
  }

  ServiceView view() {
    return view;
  }

  /** Counts every choice of the victim that begins from now on as a violation. */
  void expectNoVictim() {
    noVictim = true;
  }

  long violations() {
    return violations.get();
  }

  /** Waits until it chooses the victim, as it should while that is up. */
  void awaitVictim() {
    long before = victims.get();
    await().atMost(PATIENCE).until(() -> victims.get() > before);
  }

  void awaitMorePicks(int count) {
    long before = picks.get();
    await().atMost(PATIENCE).until(() -> picks.get() >= before + count);
  }

  /** Waits until its view shows the victim as draining. */
  void awaitPassed() {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                view.snapshot()
                    .find(victim)
                    .filter(there -> there.instance().status() == InstanceStatus.DRAINING)
                    .isPresent());
  }

  @Override
  public void close() {
    ended = true;
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    view.close();
  }
}
