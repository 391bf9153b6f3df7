package io.holdfast.testkit.memory;

import io.holdfast.testkit.contract.RegistryContract;

final class MemoryRegistryContractTest extends RegistryContract {
  @Override
  protected String uri(String namespace) {
    return "memory://contract/" + namespace;
  }
}
