package io.holdfast.zookeeper;

import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.spi.Backend;
import io.holdfast.spi.BackendProvider;
import io.holdfast.zookeeper.internal.client.Security;
import io.holdfast.zookeeper.internal.read.Paths;
import java.util.Set;

/**
 * Serves {@code zookeeper://host:2181,host:2181/namespace} and {@code zookeeper+tls://}, there by
 * default on port 2281. Found with {@link java.util.ServiceLoader}.
 */
public final class ZooKeeperBackendProvider implements BackendProvider {

  private static final String PLAIN = "zookeeper";
  private static final String RESERVED = "zookeeper";
  private static final int DEFAULT_PORT = 2181;
  private static final int DEFAULT_TLS_PORT = 2281;

  /** For {@link java.util.ServiceLoader}. */
  public ZooKeeperBackendProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of(PLAIN, Security.TLS_SCHEME);
  }

  @Override
  public Backend open(ClusterUri uri, CoordinatorOptions options) {
    Paths paths = paths(uri.namespace());
    return new ZooKeeperBackend(
        String.join(
            ",",
            uri.hostsWithPort(
                uri.scheme().equals(Security.TLS_SCHEME) ? DEFAULT_TLS_PORT : DEFAULT_PORT)),
        paths,
        options,
        Security.of(uri, options.credentials()));
  }

  /**
   * The paths of a namespace.
   *
   * @throws IllegalArgumentException if ZooKeeper keeps it for itself
   */
  static Paths paths(Key namespace) {
    Paths paths = new Paths(namespace);
    if (paths.namespaceLevels().get(0).equals("/" + RESERVED)) {
      throw new IllegalArgumentException(
          "ZooKeeper keeps /zookeeper for itself: choose another namespace than " + namespace);
    }
    return paths;
  }
}
