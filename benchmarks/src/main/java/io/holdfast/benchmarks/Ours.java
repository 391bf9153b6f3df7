package io.holdfast.benchmarks;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockOptions;
import io.holdfast.lock.Locks;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Holdfast's exclusive locks, in one of the ways that they can be used. */
final class Ours implements Contestant {

  private final Coordinator coordinator;
  private final Locks locks;
  private final Function<String, DistributedLock> single;

  private Ours(String uri, BiFunction<Locks, String, DistributedLock> single) {
    this.coordinator = Coordinator.connect(uri);
    this.locks = new Locks(coordinator);
    this.single = name -> single.apply(locks, name);
  }

  /** A place in the cluster's queue for each acquisition. */
  static Ours plain(String uri) {
    return new Ours(uri, Locks::exclusive);
  }

  /** With options, for single locks. */
  static Ours with(LockOptions options, String uri) {
    return new Ours(uri, (locks, name) -> locks.exclusive(name, options));
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
