package io.holdfast.testkit.memory;

import io.holdfast.testkit.contract.BackendContract;

final class MemoryBackendContractTest extends BackendContract {
  @Override
  protected String uri(String namespace) {
    return "memory://contract/" + namespace;
  }
}
