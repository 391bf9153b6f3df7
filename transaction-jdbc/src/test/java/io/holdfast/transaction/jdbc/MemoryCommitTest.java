package io.holdfast.transaction.jdbc;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.testkit.memory.MemoryCluster;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** With the decision in memory. */
final class MemoryCommitTest extends PostgresCommitContract {

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final List<String> clients = new ArrayList<>();

  /** Ends after those who use it. */
  @BeforeEach
  void ownCluster() {
    owned(cluster);
  }

  @Override
  Coordinator connect(String namespace, CoordinatorOptions options) {
    String name = options.owner().name();
    clients.add(name);
    return Coordinator.connect(cluster.client(name, options), options, "memory");
  }

  /** It has no other process. */
  @Override
  String uri(String namespace) {
    return "";
  }

  @Override
  void silence() {
    clients.forEach(cluster::cut);
  }

  @Override
  void speak() {
    clients.forEach(cluster::heal);
  }
}
