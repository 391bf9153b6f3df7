package io.holdfast.testkit.memory;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.testkit.contract.RegistryResilienceContract;
import org.junit.jupiter.api.AfterEach;

final class MemoryRegistryResilienceContractTest extends RegistryResilienceContract {

  private final MemoryCluster dead = MemoryCluster.onRealTime();

  @AfterEach
  void end() {
    dead.close();
  }

  @Override
  protected String uri(String namespace) {
    return "memory://contract/" + namespace;
  }

  @Override
  protected Coordinator unreachable(String namespace) {
    CoordinatorOptions options = CoordinatorOptions.defaults();
    dead.cut("cold");
    return Coordinator.start(dead.client("cold", options), options, "memory");
  }
}
