package io.holdfast.testkit.memory;

import io.holdfast.testkit.contract.GenerationContract;

final class MemoryGenerationContractTest extends GenerationContract {
  @Override
  protected String uri(String namespace) {
    return "memory://contract/" + namespace;
  }
}
