package io.holdfast.testkit.memory;

import io.holdfast.testkit.contract.ElectionContract;

final class MemoryElectionContractTest extends ElectionContract {
  @Override
  protected String uri(String namespace) {
    return "memory://contract/" + namespace;
  }
}
