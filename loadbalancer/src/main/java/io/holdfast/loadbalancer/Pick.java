package io.holdfast.loadbalancer;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.ServiceInstance;
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

  private final Endpoint endpoint;
  private final @Nullable Affinity affinity;
  private final long began;

  /**
   * True once the outcome is told. Guarded by this, and not an atomic: a compiler that sees a pick
   * end where it began leaves out the lock and the object together.
   */
  private boolean ended;

  private Pick(Endpoint endpoint, @Nullable Affinity affinity, long began) {
    this.endpoint = endpoint;
    this.affinity = affinity;
    this.began = began;
  }

  /** A request that goes out now. */
  static Pick of(Endpoint endpoint, @Nullable Affinity affinity) {
    return new Pick(endpoint, affinity, endpoint.start());
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
    if (isFirst()) {
      endpoint.outpaced(began);
    }
  }

  /** Tells how it went. */
  public void end(Outcome outcome) {
    if (isFirst()) {
      endpoint.ended(outcome, began, affinity);
    }
  }

  private synchronized boolean isFirst() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
