package io.holdfast.lock.internal.queue;

import static java.util.stream.Collectors.joining;

import io.holdfast.coordination.CoordinationEvent.Lost;
import io.holdfast.coordination.CoordinationEvent.Released;
import io.holdfast.coordination.CoordinationEvent.Subject;
import io.holdfast.coordination.CoordinationEvent.WaitEnded;
import io.holdfast.coordination.CoordinationEvent.WaitEnding;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.LossReason;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.GrantState;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Tells a coordinator's listeners of one acquisition: its wait, and then its hold. */
public final class LockEvents {

  private static final Logger LOG = LoggerFactory.getLogger(LockEvents.class);

  private final List<LockClaim> claims;
  private final Coordinator coordinator;
  private final long began;

  /**
   * What has been told already. Guarded by this; not atomics, to save memory: each of many waiters
   * has a report.
   */
  private boolean waitTold;

  private boolean holdTold;
  private volatile long holdBegan;

  /** The events of a request that begins now. */
  public LockEvents(List<LockClaim> claims, Coordinator coordinator) {
    this.claims = claims;
    this.coordinator = coordinator;
    this.began = coordinator.context().nanoTime();
  }

  /** Tells nobody. */
  public static LockEvents silent(Coordinator coordinator) {
    return new LockEvents(List.of(), coordinator);
  }

  private Duration since(long start) {
    return Duration.ofNanos(coordinator.context().nanoTime() - start);
  }

  /**
   * The wait is over; told once.
   *
   * @param ahead how many were ahead in each queue, in the order of the claims; 0 where it is not
   *     known
   */
  public void waitEnded(WaitEnding ending, List<Integer> ahead) {
    if (isFirstWait()) {
      Duration waited = since(began);
      for (int i = 0; i < claims.size(); i++) {
        LockClaim claim = claims.get(i);
        int before = i < ahead.size() ? ahead.get(i) : 0;
        coordinator.tell(() -> new WaitEnded(subject(claim), waited, before, ending));
      }
    }
  }

  /** The wait is over without a hold; told once. */
  public void waitFailed(Throwable cause, List<Integer> ahead) {
    waitEnded(cause instanceof NotFreeException ? WaitEnding.NOT_FREE : WaitEnding.FAILED, ahead);
  }

  /**
   * The hold begins. It observes the session only if there is a listener, because an observer has a
   * cost. The log is written in any case.
   */
  public void follow(QueueGrant grant) {
    holdBegins();
    grant.reportTo(this);
    if (!coordinator.hasListeners()) {
      return;
    }
    grant.lost().thenAccept(reason -> lost(grant.token(), reason));
    grant
        .left()
        .thenRun(
            () -> {
              if (grant.state() == GrantState.RELEASED) {
                released();
              }
            });
  }

  /** The hold begins. */
  public void holdBegins() {
    holdBegan = coordinator.context().nanoTime();
  }

  public Duration heldFor() {
    return since(holdBegan);
  }

  public Duration waitedFor() {
    return since(began);
  }

  /** The hold was released. If {@link #lost} was called first, that counts. */
  public void released() {
    if (isFirstEnd()) {
      for (LockClaim claim : claims) {
        coordinator.tell(() -> new Released(subject(claim), heldFor()));
      }
    }
  }

  /** The hold was lost. Only the first report counts. */
  public void lost(FencingToken token, LossReason reason) {
    if (isFirstEnd() && !claims.isEmpty()) {
      for (LockClaim claim : claims) {
        coordinator.tell(() -> new Lost(subject(claim), heldFor(), reason));
      }
      // No warning: the caller that closes the coordinator knows what it holds.
      LOG.atLevel(reason == LossReason.CLOSED ? Level.INFO : Level.WARN)
          .log(
              "lock {} with token {} is lost after {}: {}",
              claims.stream().map(claim -> claim.name().toString()).collect(joining(" and ")),
              token,
              Durations.text(heldFor()),
              reason);
    }
  }

  private synchronized boolean isFirstWait() {
    boolean first = !waitTold;
    waitTold = true;
    return first;
  }

  private synchronized boolean isFirstEnd() {
    boolean first = !holdTold;
    holdTold = true;
    return first;
  }

  private static Subject subject(LockClaim claim) {
    return new Subject(
        claim.directory().path(),
        claim.name().text(),
        claim.mode().kind().name().toLowerCase(Locale.ROOT));
  }
}
