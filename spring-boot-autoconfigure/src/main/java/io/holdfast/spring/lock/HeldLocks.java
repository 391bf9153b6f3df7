package io.holdfast.spring.lock;

import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.micrometer.observation.Observation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The locks that each thread holds by {@link Locked}. */
final class HeldLocks {

  /** Two applications in one process have nothing to do with each other. */
  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<Map<LockName, Hold>> mine = new ThreadLocal<>();

  /** One hold; used by its thread only. */
  static final class Hold {

    private final LockName lock;
    private final Locked.Mode mode;
    private final LockGrant grant;

    /** Whether the caller's transaction began before the lock was held. */
    private final boolean late;

    private final Observation observation;

    private final Set<LockFence> sealed = new HashSet<>();
    private final Set<LockFence> ended = new HashSet<>();

    Hold(LockName lock, Locked.Mode mode, LockGrant grant, boolean late, Observation observation) {
      this.lock = lock;
      this.mode = mode;
      this.grant = grant;
      this.late = late;
      this.observation = observation;
    }

    LockName lock() {
      return lock;
    }

    Locked.Mode mode() {
      return mode;
    }

    LockGrant grant() {
      return grant;
    }

    boolean isLate() {
      return late;
    }

    /** Ends when the lock is free. */
    Observation observation() {
      return observation;
    }

    boolean hasSealed(LockFence fence) {
      return sealed.contains(fence);
    }

    /** A method under the fence begins. Seals it if this hold has not done so. */
    void seal(LockFence fence) {
      ended.remove(fence);
      if (!hasSealed(fence)) {
        fence.seal(lock, grant.token());
        sealed.add(fence);
      }
    }

    /** A transaction of the fence's database has passed its check, or was rolled back. */
    void transactionEnded(LockFence fence) {
      ended.add(fence);
    }

    boolean hasEnded(LockFence fence) {
      return ended.contains(fence);
    }

    /**
     * A method under the fence has run.
     *
     * @throws IllegalStateException if no transaction of the fence's database was there
     */
    void ensureGuarded(LockFence fence) {
      if (!ended.contains(fence)) {
        throw new IllegalStateException(
            "the fence of lock "
                + lock
                + " has guarded nothing: the method's transaction is not one of its data source."
                + " Name the transaction manager in @Transactional, or another fence");
      }
    }
  }

  @Nullable Hold find(LockName lock) {
    Map<LockName, Hold> all = mine.get();
    return all == null ? null : all.get(lock);
  }

  void add(Hold hold) {
    Map<LockName, Hold> all = mine.get();
    if (all == null) {
      all = new HashMap<>();
      mine.set(all);
    }
    all.put(hold.lock(), hold);
  }

  void remove(Hold hold) {
    Map<LockName, Hold> all = mine.get();
    if (all != null && all.remove(hold.lock(), hold) && all.isEmpty()) {
      mine.remove();
    }
  }

  /** Visits each fence that a hold of this thread has sealed. */
  void forEachFence(BiConsumer<LockFence, Hold> visitor) {
    Map<LockName, Hold> all = mine.get();
    if (all != null) {
      for (Hold hold : List.copyOf(all.values())) {
        hold.sealed.forEach(fence -> visitor.accept(fence, hold));
      }
    }
  }
}
