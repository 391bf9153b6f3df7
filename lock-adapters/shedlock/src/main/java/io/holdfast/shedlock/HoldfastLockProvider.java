package io.holdfast.shedlock;

import io.holdfast.coordination.CoordinationException;
import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.LockName;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Futures;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import net.javacrumbs.shedlock.core.ClockProvider;
import net.javacrumbs.shedlock.core.ExtensibleLockProvider;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.support.LockException;

/**
 * ShedLock's locks, kept in ZooKeeper or etcd. Each lock is one key, {@code shedlock/<name>/record}
 * below the namespace, and each change of it is a compare-and-set.
 *
 * <p><b>What holds.</b> As long as the process that has a lock is connected to the cluster, it ends
 * the hold itself, by its monotonic clock: when it is unlocked, when the shortest time has passed
 * after an early unlock, or when the longest time has passed, whatever its task does then. Nobody
 * else takes the lock meanwhile, however much the wall clocks of the two differ. If the process has
 * died or has lost its session, the lock is kept until its recorded end: the longest time, or after
 * an early unlock the shortest. Only then does another process take it, by its own wall clock; so
 * only here do the clocks have to agree, as they have to with every provider of ShedLock's.
 *
 * <p>A process that stands still when its longest time passes keeps the lock until its session
 * ends, one session time-out later at most. It cannot have finished its task, and two tasks at once
 * are worse than one a little late.
 *
 * <p>These locks have no queue and no fencing token, because ShedLock has neither. A task that must
 * not write after it was overtaken takes a lock of {@link io.holdfast.lock.Locks} and checks the
 * token.
 *
 * <p>Safe for use by many threads. Calls block for twice the request time-out of the coordinator at
 * most: once for a lost answer, and once to look.
 */
public final class HoldfastLockProvider implements ExtensibleLockProvider {

  /** How long a holder may take to end a hold whose time is over by our clock. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Coordinator coordinator;
  private final LockRecords records;
  private final InstantSource clock;
  private final Duration grace;

  /**
   * Locks in the namespace of {@code coordinator}, which stays open as long as the provider is
   * used. After it is closed, {@link #lock} throws {@link LockException}.
   */
  public HoldfastLockProvider(Coordinator coordinator) {
    this(coordinator, ClockProvider::now, GRACE);
  }

  HoldfastLockProvider(Coordinator coordinator, InstantSource clock, Duration grace) {
    this.coordinator = coordinator;
    this.records = new LockRecords(coordinator);
    this.clock = clock;
    this.grace = grace;
  }

  Coordinator coordinator() {
    return coordinator;
  }

  LockRecords records() {
    return records;
  }

  /** An answer counts as lost after one request time-out. Then somebody looks. */
  Duration patience() {
    return coordinator.options().requestTimeout().multipliedBy(2);
  }

  Duration grace() {
    return grace;
  }

  Instant now() {
    return clock.instant();
  }

  /**
   * Takes the lock if nobody has it. Does not wait for a holder, except for a moment if its time is
   * over.
   *
   * @return empty if another hold, of this process or any other, has the lock
   * @throws LockException if the cluster does not answer in time; the lock is then not held
   * @throws IllegalArgumentException if the name is not a {@link LockName}
   */
  @Override
  public Optional<SimpleLock> lock(LockConfiguration configuration) {
    Attempt attempt = new Attempt(this, configuration);
    return answered("lock " + attempt.lock(), attempt::take).map(Hold::timed);
  }

  /** The hold with the times of {@code longer}; empty if its record is no longer there. */
  Optional<Hold> extend(Hold hold, LockConfiguration longer) {
    Attempt attempt = new Attempt(this, longer);
    return answered("extend lock " + attempt.lock(), () -> attempt.extend(hold));
  }

  private static <T> T answered(String what, Supplier<T> request) {
    try {
      return request.get();
    } catch (CoordinationException e) {
      throw new LockException("could not " + what, e);
    }
  }

  /**
   * The result of a request.
   *
   * @throws CoordinationException if it fails
   * @throws LockException if it does not end in time, or is interrupted
   */
  static <T> T await(CompletableFuture<T> future, Duration most, String what) {
    try {
      return future.get(Durations.nanos(most), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : Futures.unwrapped(e.getCause());
      if (cause instanceof CoordinationException || cause instanceof LockException) {
        throw (RuntimeException) cause;
      }
      throw new LockException("could not " + what, cause);
    } catch (TimeoutException e) {
      throw new LockException(
          "could not " + what + ": no answer within " + Durations.text(most), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LockException("interrupted, could not " + what, e);
    }
  }

  /** Waits until a hold is over. */
  void unlock(LockName lock, CompletableFuture<?> ending) {
    String what = "unlock " + lock;
    answered(what, () -> Optional.ofNullable(await(ending, patience(), what)));
  }
}
