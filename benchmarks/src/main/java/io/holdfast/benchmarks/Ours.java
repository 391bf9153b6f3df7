package io.holdfast.benchmarks;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.Locks;
import java.util.List;

/** Holdfast's exclusive locks. */
final class Ours implements Contestant {

  private final Coordinator coordinator;
  private final Locks locks;

  Ours(String uri) {
    this.coordinator = Coordinator.connect(uri);
    this.locks = new Locks(coordinator);
  }

  @Override
  public Mutex mutex(List<String> names) {
    DistributedLock[] each = names.stream().map(locks::exclusive).toArray(DistributedLock[]::new);
    return each.length == 1 ? each[0]::acquire : locks.all(each)::acquire;
  }

  @Override
  public void close() {
    coordinator.close();
  }
}
