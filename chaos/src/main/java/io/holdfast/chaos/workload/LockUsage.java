package io.holdfast.chaos.workload;

import io.holdfast.lock.Closing;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.Locks;
import io.holdfast.lock.NamedLock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** How locks are used. Each makes one wish after another. */
enum LockUsage {
  LOCK {
    @Override
    LockRequest<?> next(Locks locks, Random random) {
      String name = "single-" + random.nextInt(2);
      return one(
          "lock/" + name,
          name + ":exclusive",
          locks.lock(name, AT_ONCE).exclusive(),
          List.of(name));
    }
  },
  READ_WRITE {
    @Override
    LockRequest<?> next(Locks locks, Random random) {
      NamedLock lock = locks.lock("shared", AT_ONCE);
      return random.nextInt(3) == 0
          ? one("lock/shared", "shared:write", lock.write(), List.of("shared"))
          : one("lock/shared", "shared:read", lock.read(), List.of());
    }
  },
  SEMAPHORE {
    @Override
    LockRequest<?> next(Locks locks, Random random) {
      int count = 1 + random.nextInt(2);
      return one(
          "lock/permits",
          "permits:permits:" + count + "of3",
          locks.lock("permits", AT_ONCE).permits(count, 3),
          List.of());
    }
  },
  MULTI_LOCK {
    @Override
    LockRequest<?> next(Locks locks, Random random) {
      List<String> names = new ArrayList<>(List.of("multi-0", "multi-1", "multi-2"));
      names.remove(random.nextInt(names.size()));
      if (random.nextBoolean()) {
        names.add(names.remove(0));
      }
      return new LockRequest<>(
          "lock/multi",
          names.get(0) + ":exclusive " + names.get(1) + ":exclusive",
          locks.all(
              names.stream()
                  .map(each -> locks.lock(each, AT_ONCE).exclusive())
                  .toArray(DistributedLock[]::new)),
          grant ->
              grant.names().stream()
                  .collect(Collectors.toMap(LockName::text, each -> grant.token())),
          List.copyOf(names));
    }
  };

  private static final LockConfig AT_ONCE = LockConfig.unshared().withClosing(Closing.AT_ONCE);

  abstract LockRequest<?> next(Locks locks, Random random);

  private static LockRequest<LockGrant> one(
      String key, String claims, DistributedLock lock, List<String> fenced) {
    return new LockRequest<>(
        key, claims, lock, grant -> Map.of(grant.name().text(), grant.token()), fenced);
  }
}
