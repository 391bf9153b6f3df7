package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Key;
import io.holdfast.lock.Closing;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockName;
import io.holdfast.spi.Claim;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A request for one lock in one mode.
 *
 * @param name the lock
 * @param mode the mode to hold it in
 * @param directory the directory of its queue
 * @param config how this process uses it
 * @param traceIds asked, in the acquiring thread, for the trace id of an acquisition
 */
public record LockClaim(
    LockName name,
    LockMode mode,
    Key directory,
    LockConfig config,
    Supplier<Optional<String>> traceIds) {

  /**
   * The name of the directory of crash marks among the queues of a directory outside the namespace;
   * no lock has this name.
   */
  public static final String HELD = ".held";

  /** A request without a trace id. */
  public LockClaim(LockName name, LockMode mode, Key directory, LockConfig config) {
    this(name, mode, directory, config, Optional::empty);
  }

  private LockClaim with(LockMode otherMode, LockConfig otherConfig) {
    return new LockClaim(name, otherMode, directory, otherConfig, traceIds);
  }

  /** The same without a maximum hold: for a place in which one hold follows another. */
  public LockClaim withoutMaxHold() {
    return with(mode, config.withMaxHold(Duration.ZERO, config.overstay()));
  }

  /** The same without a maximum queue length: for a waiter that was in the queue before. */
  public LockClaim withoutMaxAhead() {
    return with(mode, config.withMaxAhead(LockConfig.UNBOUNDED));
  }

  /** True if the queue may be too long to wait in. */
  public boolean boundsQueue() {
    return config.maxAhead() != LockConfig.UNBOUNDED;
  }

  /** True if a hold may last too long. */
  public boolean boundsHold() {
    return !config.maxHold().isZero();
  }

  /** True if the lock has a crash delay. */
  public boolean delaysAfterCrash() {
    return !config.crashDelay().isZero();
  }

  /** What closing a hold of several locks waits for: it waits if any of them asks for that. */
  public static Closing closing(Collection<LockClaim> claims) {
    return claims.stream().allMatch(claim -> claim.config.closing() == Closing.AT_ONCE)
        ? Closing.AT_ONCE
        : Closing.AWAITED;
  }

  /** A further place of the same hold, with only those limits that each place must meet. */
  public LockClaim beside(LockMode other) {
    return with(
        other,
        LockConfig.defaults().withCrashDelay(config.crashDelay()).withClosing(config.closing()));
  }

  /** This claim and a second place, to read: see {@link GrantHandle.Downgradable}. */
  public List<LockClaim> andToRead() {
    return List.of(this, beside(LockMode.READ));
  }

  /** The lock's queue. */
  public Key queue() {
    return name.in(directory);
  }

  /**
   * The claim to join the lock's queue with. An exclusive waiter waits for the nearest place only.
   * It need not know the exact length of the queue, unless that is bounded; the bound then limits
   * the cost of the read, too.
   */
  public Claim claim() {
    Claim claim = new Claim(queue(), mode.text());
    return mode.isAlone() && !boundsQueue() ? claim.showingNearest() : claim;
  }

  /**
   * The directory of the holders' marks, if the lock has a crash delay. If the queue is outside the
   * namespace, clients of other namespaces read there too, so the directory has a name that no lock
   * has.
   */
  Key held() {
    return directory.isAbsolute()
        ? name.in(directory.child(HELD))
        : new Key("held/" + queue().path());
  }
}
