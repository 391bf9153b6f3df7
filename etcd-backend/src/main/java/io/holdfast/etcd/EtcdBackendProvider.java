package io.holdfast.etcd;

import io.holdfast.coordination.Backend;
import io.holdfast.coordination.BackendProvider;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.CoordinatorOptions;
import java.util.Set;

/** Serves {@code etcd://host:port,.../namespace}. Found with {@link java.util.ServiceLoader}. */
public final class EtcdBackendProvider implements BackendProvider {

  private static final String PLAIN = "etcd";
  private static final String TLS = "etcd+tls";

  /** Called by {@link java.util.ServiceLoader}. */
  public EtcdBackendProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of(PLAIN, TLS);
  }

  @Override
  public Backend open(ClusterUri uri, CoordinatorOptions options) {
    if (!uri.scheme().equals(PLAIN)) {
      throw new IllegalArgumentException(
          uri.scheme() + " is not supported yet: use etcd:// through a trusted network or a proxy");
    }
    return new EtcdBackend(uri, options);
  }
}
