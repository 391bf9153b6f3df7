package io.holdfast.testkit.memory;

import io.holdfast.testkit.contract.LockModesContract;

final class MemoryLockModesContractTest extends LockModesContract {
  @Override
  protected String uri(String namespace) {
    return "memory://contract/" + namespace;
  }
}
