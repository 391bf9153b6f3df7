package io.holdfast.benchmarks.locks;

import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessLock;
import org.apache.curator.framework.recipes.locks.InterProcessMultiLock;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.ExponentialBackoffRetry;

/** Curator's locks, all of a process over one client. */
final class CuratorLocks implements Contestant {

  private static final int FIRST_RETRY_MS = 100;
  private static final int RETRIES = 3;

  private final CuratorFramework client;

  CuratorLocks(String servers) {
    this.client =
        CuratorFrameworkFactory.newClient(
            servers, new ExponentialBackoffRetry(FIRST_RETRY_MS, RETRIES));
    client.start();
  }

  @Override
  public Mutex mutex(List<String> names) {
    List<InterProcessLock> each =
        names.stream()
            .<InterProcessLock>map(name -> new InterProcessMutex(client, "/curator/" + name))
            .toList();
    InterProcessLock lock = each.size() == 1 ? each.get(0) : new InterProcessMultiLock(each);
    return () -> {
      lock.acquire();
      return lock::release;
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
