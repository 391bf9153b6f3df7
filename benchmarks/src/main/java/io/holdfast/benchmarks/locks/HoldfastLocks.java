package io.holdfast.benchmarks.locks;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.Closing;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.Locks;
import java.util.List;

/** Holdfast's exclusive locks, in one of the ways that they can be used. */
final class HoldfastLocks implements Contestant {

  private final Coordinator coordinator;
  private final Locks locks;
  private final LockConfig config;

  /** With options, for single locks. */
  HoldfastLocks(LockConfig config, String uri) {
    this.coordinator = Coordinator.connect(uri);
    this.locks = new Locks(coordinator);
    this.config = config;
  }

  /** A place in the cluster's queue for each acquisition. */
  static HoldfastLocks plain(String uri) {
    return new HoldfastLocks(LockConfig.unshared(), uri);
  }

  /** The same, and nobody waits for a release but who acquires next. */
  static HoldfastLocks closingAtOnce(String uri) {
    return new HoldfastLocks(LockConfig.unshared().withClosing(Closing.AT_ONCE), uri);
  }

  private DistributedLock lock(String name) {
    return locks.lock(name, config).exclusive();
  }

  @Override
  public Mutex mutex(List<String> names) {
    return names.size() == 1
        ? lock(names.get(0))::acquire
        : locks.all(names.stream().map(this::lock).toArray(DistributedLock[]::new))::acquire;
  }

  @Override
  public void close() {
    coordinator.close();
  }
}
