package io.holdfast.benchmarks.locks;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.Closing;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockOptions;
import io.holdfast.lock.Locks;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Holdfast's exclusive locks, in one of the ways that they can be used. */
final class HoldfastLocks implements Contestant {

  private final Coordinator coordinator;
  private final Locks locks;
  private final Function<String, DistributedLock> single;

  private HoldfastLocks(
      String uri, Closing closing, BiFunction<Locks, String, DistributedLock> single) {
    this.coordinator = Coordinator.connect(uri);
    this.locks = new Locks(coordinator).withClosing(closing);
    this.single = name -> single.apply(locks, name);
  }

  /** A place in the cluster's queue for each acquisition. */
  static HoldfastLocks plain(String uri) {
    return new HoldfastLocks(uri, Closing.AWAITED, HoldfastLocks::unshared);
  }

  /** The same, and nobody waits for a release but who acquires next. */
  static HoldfastLocks closingAtOnce(String uri) {
    return new HoldfastLocks(uri, Closing.AT_ONCE, HoldfastLocks::unshared);
  }

  private static DistributedLock unshared(Locks locks, String name) {
    return locks.exclusive(name, LockOptions.unshared());
  }

  /** With options, for single locks. */
  static HoldfastLocks with(LockOptions options, String uri) {
    return new HoldfastLocks(uri, Closing.AWAITED, (locks, name) -> locks.exclusive(name, options));
  }

  @Override
  public Mutex mutex(List<String> names) {
    return names.size() == 1
        ? single.apply(names.get(0))::acquire
        : locks.all(names.stream().map(locks::exclusive).toArray(DistributedLock[]::new))::acquire;
  }

  @Override
  public void close() {
    coordinator.close();
  }
}
