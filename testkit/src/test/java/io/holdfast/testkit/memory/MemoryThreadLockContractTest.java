package io.holdfast.testkit.memory;

import io.holdfast.testkit.contract.ThreadLockContract;

final class MemoryThreadLockContractTest extends ThreadLockContract {
  @Override
  protected String uri(String namespace) {
    return "memory://contract/" + namespace;
  }
}
