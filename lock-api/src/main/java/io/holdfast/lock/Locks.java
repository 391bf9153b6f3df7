package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.lock.internal.queue.Acquisition;
import io.holdfast.lock.internal.queue.GrantHandle;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.ModeLock;
import io.holdfast.lock.internal.queue.QueueGrant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The locks of a namespace. Cheap to make; safe for use by many threads. */
public final class Locks {

  /** The most places that every backend can take in one write. */
  private static final int MOST_TOGETHER = 64;

  private static final Key DIRECTORY = Key.of("locks");

  private final Coordinator coordinator;
  private final Key directory;
  private final Supplier<Optional<String>> traceIds;

  /** The locks in the namespace of {@code coordinator}. */
  public Locks(Coordinator coordinator) {
    this(coordinator, DIRECTORY);
  }

  /**
   * Locks whose queues are below another directory, for recipes that keep their queues separate.
   *
   * @param directory not below {@code locks}
   */
  public Locks(Coordinator coordinator, Key directory) {
    this(coordinator, directory, Optional::empty);
  }

  private Locks(Coordinator coordinator, Key directory, Supplier<Optional<String>> traceIds) {
    this.coordinator = coordinator;
    this.directory = directory;
    this.traceIds = traceIds;
  }

  /**
   * The same locks; their queues also show the trace id of each acquisition.
   *
   * @param source asked at each acquisition, in the thread that makes it
   */
  public Locks withTraceIds(Supplier<Optional<String>> source) {
    return new Locks(coordinator, directory, source);
  }

  /**
   * A lock, used as {@link LockConfig#defaults} say.
   *
   * @param name as in {@link LockName}
   * @throws IllegalArgumentException if it is not a lock's name
   */
  public NamedLock lock(String name) {
    return lock(name, LockConfig.defaults());
  }

  /**
   * A lock, used as {@code config} says.
   *
   * @param name as in {@link LockName}
   * @throws IllegalArgumentException if it is not a lock's name
   */
  public NamedLock lock(String name, LockConfig config) {
    return new NamedLock(new LockName(name), config, directory, coordinator, traceIds);
  }

  /**
   * Several locks as one, in any mix of modes: all are held or none. Each lock gets its own place
   * in its queue, even if its {@link LockConfig} asks for sharing. The queues show the purpose of
   * the first lock. A convertible lock is held in its first mode.
   *
   * <p>All places are taken in one write, at one point of the cluster's order. So waits for several
   * locks cannot deadlock, whatever the order in which each call names them. This does not protect
   * code that acquires a further lock while it holds one.
   *
   * @param locks 1 to 64, of this namespace's {@code Locks}, each name once
   * @throws IllegalArgumentException otherwise
   */
  public Acquirable<LockGrant> all(Acquirable<?>... locks) {
    List<LockClaim> claims = Stream.of(locks).map(this::claim).toList();
    long names = claims.stream().map(LockClaim::name).distinct().count();
    if (claims.isEmpty() || claims.size() > MOST_TOGETHER || names < claims.size()) {
      throw new IllegalArgumentException(
          "hold 1 to " + MOST_TOGETHER + " locks together, each name once");
    }
    return new ModeLock<LockGrant, QueueGrant>(
        claims,
        coordinator,
        form -> Acquisition.start(claims, claims, coordinator, form),
        GrantHandle.Plain::new);
  }

  private LockClaim claim(Acquirable<?> lock) {
    if (lock instanceof ModeLock<?, ?> ours
        && ours.coordinator() == coordinator
        && ours.claims().size() == 1) {
      return ours.claim();
    }
    throw new IllegalArgumentException(
        "not one lock, made by Locks of the same coordinator: " + lock);
  }
}
