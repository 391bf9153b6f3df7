package io.holdfast.curator;

import io.holdfast.coordination.CoordinatorOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessLock;
import org.apache.curator.framework.recipes.locks.TestInterProcessMutexBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Curator's own suite for its mutexes. */
@Execution(ExecutionMode.CONCURRENT)
class CuratorMutexTest extends TestInterProcessMutexBase {

  private final Map<CuratorFramework, CuratorLocks> opened = new ConcurrentHashMap<>();

  @Override
  protected InterProcessLock makeLock(CuratorFramework client) {
    return opened
        .computeIfAbsent(
            client, its -> CuratorLocks.over(its, "holdfast", CoordinatorOptions.defaults()))
        .mutex(LOCK_BASE_PATH + "/mutex");
  }

  @AfterEach
  void close() {
    opened.values().forEach(CuratorLocks::close);
  }
}
