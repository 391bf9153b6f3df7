package io.holdfast.testkit.memory;

import io.holdfast.testkit.contract.DeadlockContract;

final class MemoryDeadlockContractTest extends DeadlockContract {
  @Override
  protected String uri(String namespace) {
    return "memory://contract/" + namespace;
  }
}
