package io.holdfast.lock;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Which threads of this process hold a lock, each with one grant however often it has entered. */
final class Tenures {

  /** As what a thread has entered. */
  enum Side {
    READ,
    WRITE
  }

  /** Each thread touches its own entry only. */
  private final ConcurrentMap<Thread, Tenure> tenures = new ConcurrentHashMap<>();

  @Nullable Tenure mine() {
    return tenures.get(Thread.currentThread());
  }

  void begin(LockGrant grant, Side side) {
    Tenure tenure = new Tenure(grant);
    tenure.enter(side);
    tenures.put(Thread.currentThread(), tenure);
  }

  void end() {
    tenures.remove(Thread.currentThread());
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

    int count(Side side) {
      return entered.getOrDefault(side, 0);
    }

    void enter(Side side) {
      entered.merge(side, 1, Integer::sum);
    }

    /** True if that was the last. */
    boolean leave(Side side) {
      entered.merge(side, -1, Integer::sum);
      return count(Side.READ) + count(Side.WRITE) == 0;
    }
  }
}
