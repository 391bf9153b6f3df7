package io.holdfast.testkit.memory;

import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.spi.Backend;
import io.holdfast.spi.BackendProvider;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves {@code memory://name/namespace}: one cluster for each name in the JVM, on real time. */
public final class MemoryBackendProvider implements BackendProvider {

  private static final AtomicInteger CLIENTS = new AtomicInteger();

  @Override
  public Set<String> schemes() {
    return Set.of("memory");
  }

  @Override
  public Backend open(ClusterUri uri, CoordinatorOptions options) {
    return MemoryCluster.named(String.join(",", uri.hosts()))
        .client("client-" + CLIENTS.incrementAndGet(), options, uri.namespace());
  }
}
