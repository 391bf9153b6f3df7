package io.holdfast.testkit.memory;

import io.holdfast.testkit.contract.GroupCommitContract;

final class MemoryGroupCommitContractTest extends GroupCommitContract {
  @Override
  protected String uri(String namespace) {
    return "memory://contract/" + namespace;
  }
}
