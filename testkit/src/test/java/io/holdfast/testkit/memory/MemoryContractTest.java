package io.holdfast.testkit.memory;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.testkit.contract.EveryContract;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;

/** Every contract, in memory. */
@Order(1)
final class MemoryContractTest extends EveryContract {

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
  protected Optional<Coordinator> unreachable() {
    CoordinatorOptions options = CoordinatorOptions.defaults();
    dead.cut("cold");
    return Optional.of(Coordinator.start(dead.client("cold", options), options, "memory"));
  }
}
