package io.holdfast.lock;

import io.holdfast.coordination.Key;
import io.holdfast.lock.internal.queue.GrantHandle;
import io.holdfast.lock.internal.queue.ModeLock;
import io.holdfast.lock.internal.queue.ProvableGrant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Which threads hold which locks. Each thread has one grant for a lock, however often it has locked
 * it. All views of a coordinator's locks use one instance, so a thread that locks through two views
 * of one lock is reentrant.
 */
final class ThreadHolds {

  /** Whether a thread has locked for reading or for writing. */
  enum Side {
    READ,
    WRITE
  }

  /** Each thread touches its own entries only. */
  private final ConcurrentMap<Hand, Tenure> tenures = new ConcurrentHashMap<>();

  /** A thread, and a lock's queue. */
  private record Hand(Thread thread, Key queue) {
    static Hand mine(Key queue) {
      return new Hand(Thread.currentThread(), queue);
    }
  }

  /** The coordinator's instance, if the lock belongs to a coordinator; otherwise a new one. */
  static ThreadHolds of(DistributedLock lock) {
    return lock instanceof ModeLock<?, ?> ours
        ? ours.coordinator().shared(ThreadHolds.class, ThreadHolds::new)
        : new ThreadHolds();
  }

  @Nullable Tenure mine(Key queue) {
    return tenures.get(Hand.mine(queue));
  }

  void begin(Key queue, LockGrant grant, Side side) {
    Tenure tenure = new Tenure(grant);
    tenure.enter(side);
    tenures.put(Hand.mine(queue), tenure);
  }

  void end(Key queue) {
    tenures.remove(Hand.mine(queue));
  }

  /** One thread's hold. */
  static final class Tenure {
    private final LockGrant grant;
    private final Map<Side, Integer> entered = new EnumMap<>(Side.class);

    private Tenure(LockGrant grant) {
      this.grant = grant;
    }

    LockGrant grant() {
      return grant;
    }

    /**
     * True if it is provably held; asks the cluster if it is not, for a session time-out at most.
     */
    boolean isHeld() {
      return grant.isHeld()
          || (GrantHandle.itself(grant) instanceof ProvableGrant provable && provable.prove());
    }

    int count(Side side) {
      return entered.getOrDefault(side, 0);
    }

    boolean isReader() {
      return count(Side.READ) > 0 && count(Side.WRITE) == 0;
    }

    void enter(Side side) {
      entered.merge(side, 1, Integer::sum);
    }

    void leave(Side side) {
      entered.merge(side, -1, Integer::sum);
    }

    boolean isOver() {
      return count(Side.READ) + count(Side.WRITE) == 0;
    }
  }
}
