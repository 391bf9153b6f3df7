package io.holdfast.testkit.chaos;

import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.DistributedReadWriteLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.LockOptions;
import io.holdfast.lock.Locks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** How locks are used. Each makes one wish after another. */
enum Wishes {
  LOCK {
    @Override
    Wish<?> next(Locks locks, Random random) {
      String name = "single-" + random.nextInt(2);
      return one(
          "lock/" + name,
          name + ":exclusive",
          locks.exclusive(name, LockOptions.unshared()),
          List.of(name));
    }
  },
  READ_WRITE {
    @Override
    Wish<?> next(Locks locks, Random random) {
      DistributedReadWriteLock lock = locks.readWrite("shared");
      return random.nextInt(3) == 0
          ? one("lock/shared", "shared:write", lock.write(), List.of("shared"))
          : one("lock/shared", "shared:read", lock.read(), List.of());
    }
  },
  SEMAPHORE {
    @Override
    Wish<?> next(Locks locks, Random random) {
      int count = 1 + random.nextInt(2);
      return one(
          "lock/permits",
          "permits:permits:" + count + "of3",
          locks.semaphore("permits", 3).permits(count),
          List.of());
    }
  },
  MULTI_LOCK {
    @Override
    Wish<?> next(Locks locks, Random random) {
      List<String> names = new ArrayList<>(List.of("multi-0", "multi-1", "multi-2"));
      names.remove(random.nextInt(names.size()));
      if (random.nextBoolean()) {
        names.add(names.remove(0));
      }
      return new Wish<>(
          "lock/multi",
          names.get(0) + ":exclusive " + names.get(1) + ":exclusive",
          locks.all(names.stream().map(locks::exclusive).toArray(DistributedLock[]::new)),
          grant -> grant.names().stream().collect(Collectors.toMap(LockName::text, grant::token)),
          List.copyOf(names));
    }
  };

  abstract Wish<?> next(Locks locks, Random random);

  private static Wish<LockGrant> one(
      String key, String claims, DistributedLock lock, List<String> fenced) {
    return new Wish<>(
        key, claims, lock, grant -> Map.of(grant.name().text(), grant.token()), fenced);
  }
}
