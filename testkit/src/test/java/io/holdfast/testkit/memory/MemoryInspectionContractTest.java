package io.holdfast.testkit.memory;

import io.holdfast.testkit.contract.InspectionContract;

final class MemoryInspectionContractTest extends InspectionContract {
  @Override
  protected String uri(String namespace) {
    return "memory://contract/" + namespace;
  }
}
