package io.holdfast.loadbalancer;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.ServiceInstance;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One request's instance. Counts as active on it until the outcome is told, once: by {@link
 * #success}, {@link #failure}, {@link #outpaced} or {@link #close}, whichever comes first; later
 * ones do nothing. Any thread may tell.
 *
 * <pre>{@code
 * try (Pick pick = balancer.pick().orElseThrow()) {
 *   call(pick.instance());
 *   pick.success();
 * }
 * }</pre>
 */
public final class Pick implements AutoCloseable {

  private static final AtomicIntegerFieldUpdater<Pick> ENDED =
      AtomicIntegerFieldUpdater.newUpdater(Pick.class, "ended");

  private final Endpoint endpoint;
  private final @Nullable Affinity affinity;
  private final long began;

  /** 1 once the outcome is told. */
  @SuppressWarnings("UnusedVariable") // by the updater
  private volatile int ended;

  Pick(Endpoint endpoint, @Nullable Affinity affinity) {
    this.endpoint = endpoint;
    this.affinity = affinity;
    this.began = endpoint.start();
  }

  /** Whom to ask. */
  public ServiceInstance instance() {
    return endpoint.instance();
  }

  /** Which registration was meant; a callee can compare it with its own. */
  public Revision epoch() {
    return endpoint.epoch();
  }

  /** It answered; how long that took counts from the pick. */
  public void success() {
    end(Outcome.SUCCESS);
  }

  /** It did not answer, or not as a healthy instance does. */
  public void failure() {
    end(Outcome.FAILURE);
  }

  /** The request is over, and says nothing about the instance: it was cancelled, for example. */
  @Override
  public void close() {
    end(Outcome.ABANDONED);
  }

  /**
   * The request is over without an answer, for another instance that was asked later has answered
   * before. Counts as {@link Outcome#ABANDONED}, but a policy that heeds latency learns how long it
   * took at least.
   */
  public void outpaced() {
    if (ENDED.compareAndSet(this, 0, 1)) {
      endpoint.outpaced(began);
    }
  }

  /** Tells how it went. */
  public void end(Outcome outcome) {
    if (ENDED.compareAndSet(this, 0, 1)) {
      endpoint.ended(outcome, began, affinity);
    }
  }

  /** How long ago it was picked. */
  public Duration age() {
    return Duration.ofNanos(endpoint.nanoTime() - began);
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
