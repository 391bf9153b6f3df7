package io.holdfast.zookeeper;

import io.holdfast.coordination.Backend;
import io.holdfast.coordination.BackendProvider;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.CoordinatorOptions;
import java.util.Set;

/**
 * Serves {@code zookeeper://host:2181,host:2181/namespace}. Found with {@link
 * java.util.ServiceLoader}.
 */
public final class ZooKeeperBackendProvider implements BackendProvider {

  private static final String PLAIN = "zookeeper";
  private static final String TLS = "zookeeper+tls";
  private static final String RESERVED = "zookeeper";
  private static final int DEFAULT_PORT = 2181;

  /** For {@link java.util.ServiceLoader}. */
  public ZooKeeperBackendProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of(PLAIN, TLS);
  }

  @Override
  public Backend open(ClusterUri uri, CoordinatorOptions options) {
    if (uri.scheme().equals(TLS)) {
      throw new IllegalArgumentException(
          "TLS to ZooKeeper is not supported yet: use zookeeper:// inside a protected network");
    }
    Paths paths = new Paths(uri.namespace());
    if (paths.namespaceLevels().get(0).equals("/" + RESERVED)) {
      throw new IllegalArgumentException(
          "ZooKeeper keeps /zookeeper for itself: choose another namespace than "
              + uri.namespace());
    }
    return new ZooKeeperBackend(String.join(",", uri.hostsWithPort(DEFAULT_PORT)), paths, options);
  }
}
