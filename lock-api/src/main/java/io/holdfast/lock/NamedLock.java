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
 * A lock with its name, which offers each of its modes. Cheap to make; safe for use by many
 * threads.
 *
 * <p>First come, first served, in all modes of one name together. A reader is admitted when no
 * writer is ahead, holding or waiting. A writer is admitted when nobody is ahead. Neither starves
 * the other. {@link #exclusive} counts as writing.
 *
 * <p><b>Tokens.</b> Exclusive holders and writers use their tokens as fences. A reader's token is
 * greater than the token of every writer before it, and smaller than the token of every writer
 * after it. Do not fence readers against each other, nor holders of permits: one with a smaller
 * token may rightly still be at work.
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
   * The lock held by one holder alone. Threads of this process share a place in the queue, as
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

  /** The lock held by many readers together. */
  public DistributedLock read() {
    return unshared(claim(LockMode.READ));
  }

  /** The lock held by one writer alone. */
  public DistributedLock write() {
    return unshared(claim(LockMode.WRITE));
  }

  /**
   * The lock held by one writer, which can go on as a reader with no writer in between: {@link
   * ConvertibleGrant#downgrade}. Costs a second place in the queue.
   */
  public ConvertibleLock downgradable() {
    return new ModeLock.Convertible(
        claim(LockMode.WRITE), coordinator, GrantHandle.Downgradable::new);
  }

  /**
   * The lock held by a reader, which can go on as a writer with no writer in between: {@link
   * ConvertibleGrant#upgrade}. Plain readers may hold beside it, but no second upgradable one.
   * Costs a second place in the queue, and a third while it writes.
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
   * Some permits of a semaphore, taken and released together. A request for many permits is not
   * overtaken by a later request for few, even while the few are free. Holders that name different
   * totals exclude each other, so a disagreement costs speed and never safety. Permits and the
   * other modes of the same name exclude each other too. Each wait watches as many places as could
   * make room for it, at most the total.
   *
   * @param count how many, 1 to {@code of}
   * @param of how many there are, 1 to 99,999; the same wherever this name is used
   * @throws IllegalArgumentException if a number is out of range
   */
  public DistributedLock permits(int count, int of) {
    return unshared(claim(LockMode.permits(count, of)));
  }

  private LockClaim claim(LockMode mode) {
    return new LockClaim(name, mode, directory, config, traceIds);
  }

  /** Each acquisition takes a place of its own in the cluster's queue. */
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
