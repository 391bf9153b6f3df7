package io.holdfast.testkit.memory;

import io.holdfast.testkit.contract.LockContract;

final class MemoryLockContractTest extends LockContract {
  @Override
  protected String uri(String namespace) {
    return "memory://contract/" + namespace;
  }
}
