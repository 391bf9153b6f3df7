package io.holdfast.spi;

import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.CoordinatorOptions;
import java.util.Set;

/** Makes backends for some schemes. Found with {@link java.util.ServiceLoader}. */
public interface BackendProvider {

  /** The schemes it serves, lower case, such as {@code etcd} and {@code etcd+tls}. */
  Set<String> schemes();

  /**
   * Makes a backend. Does not wait for the cluster.
   *
   * @throws IllegalArgumentException if the address or the options cannot serve, saying why
   */
  Backend open(ClusterUri uri, CoordinatorOptions options);
}
