package io.holdfast.testkit.memory;

import io.holdfast.testkit.contract.LockLimitsContract;

final class MemoryLockLimitsContractTest extends LockLimitsContract {
  @Override
  protected String uri(String namespace) {
    return "memory://contract/" + namespace;
  }
}
