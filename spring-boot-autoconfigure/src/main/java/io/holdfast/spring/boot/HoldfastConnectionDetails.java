package io.holdfast.spring.boot;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Where the cluster is. An application may have a bean of this kind, and so has a test with a
 * container that is a {@code @ServiceConnection}; otherwise it is {@code holdfast.connect}.
 */
public interface HoldfastConnectionDetails extends ConnectionDetails {

  /** The address of the cluster, as in {@link io.holdfast.coordination.ClusterUri}. */
  String uri();

  /** Our certificate and whom we trust; null if {@code holdfast.security} says it, or nobody. */
  default @Nullable SslBundle sslBundle() {
    return null;
  }
}
