package io.holdfast.loadbalancer;

import io.holdfast.coordination.Revision;
import io.holdfast.loadbalancer.internal.endpoint.EndpointLoad;
import io.holdfast.loadbalancer.internal.endpoint.RequestStart;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.spi.LeakDetector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instance chosen for one request. The request counts as active on it until its outcome is
 * reported once, by {@link #success}, {@link #failure}, {@link #outpaced} or {@link #close},
 * whichever comes first; later ones do nothing. Any thread may report it. Some picks are watched:
 * if one is garbage-collected without an outcome, it is ended, and the log says where it was made.
 * Any other pick without an outcome counts as active for an hour at most, and so does a request
 * that lasts that long.
 *
 * <pre>{@code
 * try (Pick pick = balancer.pick().orElseThrow()) {
 *   call(pick.instance());
 *   pick.success();
 * }
 * }</pre>
 */
public final class Pick implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Pick.class);

  private final TrackedEndpoint endpoint;
  private final @Nullable Affinity affinity;

  /**
   * Set if the pick is watched. The garbage collector tracks the watch and not the pick, so that
   * the compiler can still eliminate the pick.
   */
  private final @Nullable LeakDetector watch;

  /**
   * The value of {@link TrackedEndpoint#start}; {@link RequestStart#NONE} once the outcome is
   * reported. Guarded by this, not an atomic: if a pick ends in the method in which it began, the
   * compiler can eliminate both the lock and the object.
   */
  private long began;

  private Pick(
      TrackedEndpoint endpoint,
      @Nullable Affinity affinity,
      @Nullable LeakDetector watch,
      long began) {
    this.endpoint = endpoint;
    this.affinity = affinity;
    this.watch = watch;
    this.began = began;
  }

  /** A request that goes out now. */
  static Pick of(TrackedEndpoint endpoint, @Nullable Affinity affinity) {
    long number = endpoint.load().began();
    long began = endpoint.start(number);
    return new Pick(
        endpoint,
        affinity,
        EndpointLoad.isWatched(number) ? watched(endpoint, began) : null,
        began);
  }

  private static LeakDetector watched(TrackedEndpoint endpoint, long began) {
    Throwable taken = LeakDetector.here();
    return LeakDetector.watch(
        () -> {
          LOG.warn(
              "a pick of {} was never ended, and is given back now: end every pick, in"
                  + " try-with-resources for instance. The first of each instance and then one in"
                  + " 4,096 are watched, so there may be many more; this one was taken here",
              endpoint,
              taken);
          endpoint.abandoned(began);
        });
  }

  /** The instance to call. */
  public ServiceInstance instance() {
    return endpoint.instance();
  }

  /** The registration that was chosen; the instance can compare it with its own. */
  public Revision epoch() {
    return endpoint.epoch();
  }

  /** It answered; how long that took counts from the pick. */
  public void success() {
    end(RequestOutcome.SUCCESS);
  }

  /** It did not answer, or not as a healthy instance does. */
  public void failure() {
    end(RequestOutcome.FAILURE);
  }

  /** The request is over, and says nothing about the instance: it was cancelled, for example. */
  @Override
  public void close() {
    end(RequestOutcome.ABANDONED);
  }

  /**
   * The request is over without an answer: another instance, asked later, answered first. Counts as
   * {@link RequestOutcome#ABANDONED}, but a policy that uses latency learns the least time that it
   * took.
   */
  public void outpaced() {
    long start = take();
    if (start != RequestStart.NONE) {
      endpoint.outpaced(start);
    }
  }

  /** Reports the outcome. */
  public void end(RequestOutcome outcome) {
    long start = take();
    if (start != RequestStart.NONE) {
      endpoint.ended(outcome, start, affinity);
    }
  }

  /** The start, the first time. */
  private long take() {
    if (watch != null) {
      watch.end();
    }
    synchronized (this) {
      long start = began;
      began = RequestStart.NONE;
      return start;
    }
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
