package io.holdfast.testkit.memory;

import io.holdfast.testkit.contract.HandOverContract;

final class MemoryHandOverContractTest extends HandOverContract {
  @Override
  protected String uri(String namespace) {
    return "memory://contract/" + namespace;
  }
}
