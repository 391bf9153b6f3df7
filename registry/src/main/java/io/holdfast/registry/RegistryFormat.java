package io.holdfast.registry;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.registry.internal.format.HoldfastFormat;

/**
 * Where instances are in the store, and how they are written there. {@link #holdfast} is our own;
 * others let a {@link Registry} share a fleet with programs that do not use Holdfast.
 *
 * <p>An instance is one key, {@code <directory of its service>/<id>}, that lives as long as its
 * process's session. In a foreign directory there is nothing but instances.
 */
public interface RegistryFormat {

  /** Our own: {@code services/<service>/<id>} below the namespace, all fields kept. */
  static RegistryFormat holdfast() {
    return HoldfastFormat.INSTANCE;
  }

  /** The directory whose directories are the services. */
  Key services();

  /** The directory of a service's instances. */
  default Key directory(String service) {
    return services().child(service);
  }

  /**
   * What is stored for an instance; always the same for the same instance.
   *
   * @throws IllegalArgumentException if the format cannot hold it, for its id or service; then it
   *     cannot be registered
   */
  Payload encode(ServiceInstance instance);

  /**
   * Reads what is stored. The stored text must not select a class to instantiate. Unknown fields
   * are ignored.
   *
   * @param service whose directory it was found in
   * @param id the last segment of its key
   * @throws MalformedInstanceException if it is not an instance of this service and id
   */
  ServiceInstance decode(String service, String id, Payload payload)
      throws MalformedInstanceException;
}
