package io.holdfast.etcd;

import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.etcd.internal.client.Security;
import io.holdfast.spi.Backend;
import io.holdfast.spi.BackendProvider;
import java.util.Set;

/**
 * Serves {@code etcd://host:port,.../namespace} and {@code etcd+tls://}. Found with {@link
 * java.util.ServiceLoader}.
 */
public final class EtcdBackendProvider implements BackendProvider {

  private static final String PLAIN = "etcd";

  /** Called by {@link java.util.ServiceLoader}. */
  public EtcdBackendProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of(PLAIN, Security.TLS_SCHEME);
  }

  @Override
  public Backend open(ClusterUri uri, CoordinatorOptions options) {
    return new EtcdBackend(uri, options, Security.of(uri, options.credentials()));
  }
}
