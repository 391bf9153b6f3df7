package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.lock.internal.local.LocalQueue;
import io.holdfast.lock.internal.local.LocalQueues;
import io.holdfast.lock.internal.queue.Acquisition;
import io.holdfast.lock.internal.queue.GrantHandle;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.LockMode;
import io.holdfast.lock.internal.queue.ModeLock;
import io.holdfast.lock.internal.upgrade.UpgradableHold;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A lock by its name, to be held in one of its modes. Cheap to make; safe for use by many threads.
 *
 * <p>First come, first served, in all modes of one name together: a reader is admitted when no
 * writer is ahead, waiting or not; a writer when nobody is; neither starves the other. {@link
 * #exclusive} counts as writing.
 *
 * <p><b>Tokens.</b> Exclusive holders and writers fence with theirs. A reader's token is greater
 * than that of every writer before it, and smaller than that of every writer after; it does not
 * tell readers apart, nor do those of permits tell their holders apart: an earlier one may rightly
 * still be at work.
 */
public final class NamedLock {

  private final LockName name;
  private final LockConfig config;
  private final Key directory;
  private final Coordinator coordinator;
  private final Supplier<Optional<String>> traceIds;

  NamedLock(
      LockName name,
      LockConfig config,
      Key directory,
      Coordinator coordinator,
      Supplier<Optional<String>> traceIds) {
    this.name = name;
    this.config = config;
    this.directory = directory;
    this.coordinator = coordinator;
    this.traceIds = traceIds;
  }

  /** Its name. */
  public LockName name() {
    return name;
  }

  /** How this process uses it. */
  public LockConfig config() {
    return config;
  }

  /**
   * The lock as one holder alone has it. Threads of this process share a place in the queue, as
   * {@link LockConfig} says.
   */
  public DistributedLock exclusive() {
    LockClaim claim = claim(LockMode.EXCLUSIVE);
    if (config.sharing() == LockConfig.Sharing.NONE) {
      return unshared(claim);
    }
    LocalQueue queue = LocalQueues.of(coordinator).queue(claim.queue());
    return new ModeLock.Plain<>(claim, coordinator, form -> queue.begin(claim, form));
  }

  /** The lock as many readers hold it together. */
  public DistributedLock read() {
    return unshared(claim(LockMode.READ));
  }

  /** The lock as one writer alone holds it. */
  public DistributedLock write() {
    return unshared(claim(LockMode.WRITE));
  }

  /**
   * The lock as a writer holds it that may go on as a reader, with no writer in between: {@link
   * ConvertibleGrant#downgrade}. Costs a second place in the queue.
   */
  public ConvertibleLock downgradable() {
    return new ModeLock.Convertible(
        claim(LockMode.WRITE), coordinator, GrantHandle.Downgradable::new);
  }

  /**
   * The lock as one reader at a time holds it, beside all others, that may go on as a writer with
   * no writer in between: {@link ConvertibleGrant#upgrade}. Costs a second place in the queue, and
   * a third to write.
   *
   * <p>A plain reader cannot become a writer: if two readers waited for that, each would wait for
   * the other.
   */
  public ConvertibleLock upgradable() {
    LockClaim claim = claim(LockMode.UPGRADABLE);
    return new ModeLock.Convertible(
        claim, coordinator, hold -> UpgradableHold.handed(hold, claim, coordinator));
  }

  /**
   * Some permits of a semaphore, taken and given back together. One who asks for many is not
   * overtaken by those who ask for few, even while these would fit. Holders that name different
   * totals exclude each other, so that a disagreement costs speed and never safety; so do the other
   * modes of the same name. Each wait watches as many places as could make room for it, at most the
   * total.
   *
   * @param count how many, 1 to {@code of}
   * @param of how many there are, 1 to 99,999; the same wherever this name is used
   * @throws IllegalArgumentException if they are no such numbers
   */
  public DistributedLock permits(int count, int of) {
    return unshared(claim(LockMode.permits(count, of)));
  }

  private LockClaim claim(LockMode mode) {
    return new LockClaim(name, mode, directory, config, traceIds);
  }

  /** With a place in the cluster's queue for each acquisition. */
  private DistributedLock unshared(LockClaim claim) {
    List<LockClaim> claims = List.of(claim);
    return new ModeLock.Plain<>(
        claim, coordinator, form -> Acquisition.start(claims, claims, coordinator, form));
  }

  @Override
  public String toString() {
    return "lock " + name;
  }
}
